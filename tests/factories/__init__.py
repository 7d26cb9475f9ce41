"""factory_boy factories: an organisation, its people, cameras, rules, alerts and plans, as short as a test can say them.

A file for each app; a test imports from here.
"""

from __future__ import annotations

from tests.factories.alerts import (
    AlertFactory,
    AlertLogFactory,
    RecordingFactory,
    RuleFactory,
    RuleVersionFactory,
    ShiftFactory,
)
from tests.factories.audits import AuditedRiskFactory, RiskAuditFactory, SafeguardPlanFactory
from tests.factories.base import Factory, typed
from tests.factories.channels import ProviderAccountFactory, PushSubscriptionFactory, SoundRecordingFactory
from tests.factories.deliveries import AlertNoticeFactory, DeliveryFactory, MessageFactory
from tests.factories.detection import (
    CameraFactory,
    FloorPlanFactory,
    LineFactory,
    OutageFactory,
    PlacedCameraFactory,
    PlanAreaFactory,
    WallFactory,
    ZoneFactory,
)
from tests.factories.devices import ConnectionFactory, DeviceFactory, ScriptFactory
from tests.factories.directory import ContactWayFactory, PersonFactory, PersonListFactory, ProfileFactory
from tests.factories.emergency import (
    CapMessageFactory,
    CapReaderFactory,
    CapSenderFactory,
    EmergencyContactFactory,
    EmergencySheetFactory,
)
from tests.factories.entrances import EntranceFactory
from tests.factories.on_call import OverrideFactory, RotationFactory, ScheduleFactory
from tests.factories.people import (
    PASSWORD,
    ApiTokenFactory,
    InvitationFactory,
    MemberFactory,
    OrganisationFactory,
    PasskeyFactory,
    SiteFactory,
    hashed_password,
)
from tests.factories.plans import ApprovedPlanFactory, PlanVersionFactory, ResponsePlanFactory, RulePlanFactory

__all__ = [
    "PASSWORD",
    "AlertFactory",
    "AlertLogFactory",
    "AlertNoticeFactory",
    "ApiTokenFactory",
    "ApprovedPlanFactory",
    "AuditedRiskFactory",
    "CameraFactory",
    "CapMessageFactory",
    "CapReaderFactory",
    "CapSenderFactory",
    "ConnectionFactory",
    "ContactWayFactory",
    "DeliveryFactory",
    "DeviceFactory",
    "EmergencyContactFactory",
    "EmergencySheetFactory",
    "EntranceFactory",
    "Factory",
    "FloorPlanFactory",
    "InvitationFactory",
    "LineFactory",
    "MemberFactory",
    "MessageFactory",
    "OrganisationFactory",
    "OutageFactory",
    "OverrideFactory",
    "PasskeyFactory",
    "PersonFactory",
    "PersonListFactory",
    "PlacedCameraFactory",
    "PlanAreaFactory",
    "PlanVersionFactory",
    "ProfileFactory",
    "ProviderAccountFactory",
    "PushSubscriptionFactory",
    "RecordingFactory",
    "ResponsePlanFactory",
    "RiskAuditFactory",
    "RotationFactory",
    "RuleFactory",
    "RulePlanFactory",
    "RuleVersionFactory",
    "SafeguardPlanFactory",
    "ScheduleFactory",
    "ScriptFactory",
    "ShiftFactory",
    "SiteFactory",
    "SoundRecordingFactory",
    "WallFactory",
    "ZoneFactory",
    "hashed_password",
    "typed",
]
