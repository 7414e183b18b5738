"""Every error we raise, cut by what the caller can do about it.

GrymError
|- BadRequest            change the request
|  |- UnusableAudio          this file cannot be listened to
|  |- NotSignedIn            nobody is, or the project does not accept it
|  |- BadToken               it vouches for nobody
|  |- NotAllowed             your role does not allow it
|  `- UnknownAgent           no agent of that name
|- Unavailable           try again later
|  |- AdmissionDenied        no room
|  |- NotFit                 the hub is in no state for this
|  |- CircuitOpen            a part that keeps failing is left alone for a while
|  |- HubUnreachable         another process holds this home and does not answer
|  `- ModelUnreachable       a language model does not answer, or not now
|- AgentFailed           look at the agent
|  |- AgentTimeout           it did not answer in time
|  |- AgentCrashed           it ended in the middle of a call
|  |- ModelFailed            a language model answered something that is no answer
|  `- MalformedEvidence      it answered something that is no evidence
`- BadSetup              fix the installation
   |- InvalidConfig          a setting has a value that cannot be used
   |- MissingDependency      an optional part is not installed
   |- NotApproved            an agent's script is new or changed, and nobody has approved it
   `- MigrationFailed        the store could not be brought to this version
"""

from __future__ import annotations


class GrymError(Exception):
    """Base of all errors of this package.

    `code` is the short word that JSON output carries, `hint` says what the reader can do about it.
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class BadRequest(GrymError):
    """The request itself has to change."""

    code = "bad_request"


class UnusableAudio(BadRequest):
    """A file cannot be listened to: it is missing, unreadable, empty, or not audio."""

    code = "unreadable"


class NotSignedIn(BadRequest):
    """Nobody is signed in, or not with that."""

    code = "not_signed_in"


class BadToken(BadRequest):
    """A token is not of this project, was changed, or is over."""

    code = "bad_token"


class NotAllowed(BadRequest):
    """The role of whoever asks does not allow it."""

    code = "not_allowed"


class UnknownAgent(BadRequest):
    """No agent of that name is known."""

    code = "unknown_agent"


class Unavailable(GrymError):
    """It may work later.

    `retry_after` is in seconds; None when nobody can say.
    """

    code = "unavailable"

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class AdmissionDenied(Unavailable):
    """There is no room, or the hub is not fit to take new work."""

    code = "refused"


class NotFit(AdmissionDenied):
    """The hub is in no state to take this work."""


class CircuitOpen(Unavailable):
    """A part failed again and again and is left alone for a while."""

    code = "circuit_open"


class HubUnreachable(Unavailable):
    """Another process holds this home and does not answer."""

    code = "hub_unreachable"


class ModelUnreachable(Unavailable):
    """A language model cannot be reached, is over its limit, or took too long; it may work another time."""

    code = "model_unreachable"


class AgentFailed(GrymError):
    """An agent did not do its part."""

    code = "agent_failed"


class AgentTimeout(AgentFailed):
    """An agent did not answer before its deadline."""

    code = "agent_timeout"


class AgentCrashed(AgentFailed):
    """An agent ended in the middle of a call."""

    code = "agent_crashed"


class ModelFailed(AgentFailed):
    """A language model answered something that is no answer, or refused for good."""

    code = "model_failed"


class MalformedEvidence(AgentFailed):
    """An agent answered something that is no evidence."""

    code = "malformed_evidence"


class BadSetup(GrymError):
    """The installation has to be mended."""

    code = "bad_setup"


class InvalidConfig(BadSetup):
    """A setting has a value that cannot be used; the message names its key."""

    code = "invalid_config"


class MissingDependency(BadSetup):
    """An optional part is not installed; the hint says how to get it."""

    code = "missing"


class NotApproved(BadSetup):
    """The script of an agent is new, or has changed since it was approved."""

    code = "not_approved"


class MigrationFailed(BadSetup):
    """The store could not be brought to this version."""

    code = "migration_failed"
