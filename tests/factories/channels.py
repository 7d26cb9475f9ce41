"""What messages leave by: providers, browsers, recorded sounds."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from factory.declarations import LazyFunction, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from alerts.channels.base import Channel
from alerts.channels.models import ProviderAccount, PushSubscription
from alerts.channels.recordings import sounds
from alerts.channels.recordings.models import Origin, SoundRecording
from tests.factories.base import typed
from tests.factories.people import MemberFactory, OrganisationFactory, SiteFactory


class _ProviderAccount(DjangoModelFactory[ProviderAccount]):
    """A mail server that is not there: ``ProviderAccountFactory(settings={…})``."""

    class Meta:
        model = ProviderAccount

    organisation = SubFactory(OrganisationFactory)
    channel = Channel.EMAIL
    kind = "smtp"
    name = Sequence(lambda n: f"Provider {n}")
    settings = LazyFunction(
        lambda: {"host": "127.0.0.1", "port": 9, "encryption": "none", "sender": "vigie@example.org"}
    )
    position = Sequence(lambda n: n % 100 + 1)


class _PushSubscription(DjangoModelFactory[PushSubscription]):
    """A browser that nobody can write to: what is sealed is noise."""

    class Meta:
        model = PushSubscription

    member = SubFactory(MemberFactory)
    organisation = SelfAttribute("member.organisation")
    endpoint_digest = LazyFunction(lambda: uuid.uuid4().hex * 2)
    sealed = b"noise"


class _SoundRecording(DjangoModelFactory[SoundRecording]):
    """A recording whose sound, a short click, is in the storage."""

    class Meta:
        model = SoundRecording

    site = SubFactory(SiteFactory)
    organisation = SelfAttribute("site.organisation")
    made_by = SubFactory(MemberFactory, organisation=SelfAttribute("..organisation"))
    language = "en"
    text = "Stay inside."
    origin = Origin.UPLOADED
    seconds = 0.1

    @classmethod
    def _create(cls, model_class: type[SoundRecording], *args: Any, **kwargs: Any) -> SoundRecording:
        data = sounds.wav([b"\x00\x20" * (sounds.HERTZ // 10)])
        name = default_storage.save(f"spoken/{uuid.uuid4()}.wav", ContentFile(data))
        stored = {"file": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        return model_class.objects.create(*args, **stored, **kwargs)


ProviderAccountFactory = typed(_ProviderAccount)
PushSubscriptionFactory = typed(_PushSubscription)
SoundRecordingFactory = typed(_SoundRecording)
