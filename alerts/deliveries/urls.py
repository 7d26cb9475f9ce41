"""This folder's part of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from alerts.deliveries import (
    channels_api,
    incoming_api,
    keeping_api,
    link_api,
    messages_api,
    notices_api,
    own_api,
    phones_api,
)

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("alert-notices/", notices_api.NoticeList.as_view(), name="alert-notices"),
    path("alert-notices/<uuid:pk>/", notices_api.NoticeDoor.as_view(), name="alert-notice"),
    path("alerts/<uuid:pk>/notices/", notices_api.AlertNotices.as_view(), name="notices-of-alert"),
    path("answer-link/", link_api.LinkDoor.as_view(), name="answer-link"),
    path("answer-link/answer/", link_api.LinkAnswerDoor.as_view(), name="answer-link-answer"),
    path("answer-link/sound/", link_api.LinkSound.as_view(), name="answer-link-sound"),
    path("incoming-texts/", incoming_api.IncomingList.as_view(), name="incoming-texts"),
    path("incoming-texts/<uuid:pk>/bind/", incoming_api.IncomingBind.as_view(), name="incoming-text-bind"),
    path("incoming-texts/<uuid:pk>/dismiss/", incoming_api.IncomingDismiss.as_view(), name="incoming-text-dismiss"),
    path("me/messages/", own_api.OwnMessageList.as_view(), name="own-messages"),
    path("me/messages/<uuid:pk>/answer/", own_api.OwnMessageAnswer.as_view(), name="own-message-answer"),
    path("me/messages/<uuid:pk>/seen/", own_api.OwnMessageSeen.as_view(), name="own-message-seen"),
    path("me/messages/<uuid:pk>/sound/", own_api.OwnMessageSound.as_view(), name="own-message-sound"),
    path("message-channels/", channels_api.ChannelStateList.as_view(), name="message-channels"),
    path("message-limits/", notices_api.LimitsDoor.as_view(), name="message-limits"),
    path("message-retention/", keeping_api.KeepingDoor.as_view(), name="message-retention"),
    path("messages/<uuid:pk>/", messages_api.MessageDoor.as_view(), name="message"),
    path("messages/<uuid:pk>/answers/", messages_api.AnswerList.as_view(), name="message-answers"),
    path("messages/<uuid:pk>/deliveries/", messages_api.DeliveryList.as_view(), name="message-deliveries"),
    path("simulated-phones/", phones_api.PhoneList.as_view(), name="simulated-phones"),
    path("simulated-phones/<str:to>/", phones_api.PhoneDoor.as_view(), name="simulated-phone"),
    path("simulated-phones/<str:to>/replies/", phones_api.PhoneReplies.as_view(), name="simulated-phone-replies"),
]
