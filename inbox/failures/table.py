"""Meta's error codes, each with its class, cause and next step (Meta, "Error codes")."""

from inbox.failures.kinds import Failure, Next, Retry

R, UNSURE, W, N = Retry.SAFE, Retry.UNSURE, Retry.WAIT, Retry.NEVER
ADMIN = "Tell an administrator; trying again does not help."
NOT_SURE = "It may have reached the customer. Sash waits for news before asking you."
AGAIN = "Sash tries again by itself."
LATER = "Try again later."
NEW = "Write a new message."


def _admin(retry: Retry, cause: str, advice: str = ADMIN, *, can_retry: bool = True) -> Failure:
    return Failure(retry, cause, advice, can_retry=can_retry, offers=Next.ADMINISTRATOR)


def _template(
    cause: str, advice: str = "Choose another template, or correct the values."
) -> Failure:
    return Failure(N, cause, advice, offers=Next.TEMPLATE)


ACCESS = _admin(N, "Sash's access to this number was refused.")
PERMISSION = _admin(N, "Sash lacks a permission that Meta asks for.")
TROUBLE = Failure(UNSURE, "WhatsApp had trouble of its own.", NOT_SURE, can_retry=True)
BUSY = Failure(R, "Too many messages went out at once.", AGAIN, can_retry=True)
WRONG = Failure(N, "WhatsApp found a mistake in the message.", NEW)
REGISTRATION = _admin(N, "This business number is not registered properly.")
WAITING = _admin(W, "Meta asks us to wait before this number may be changed.", LATER)
GROUP = Failure(N, "Messages to groups are not possible here.", "Write to the person instead.")
CALLING = Failure(N, "WhatsApp refused a call.", "Write instead.")
FLOW = _admin(N, "The form (flow) in this message has a problem.", can_retry=False)
USERNAME = _admin(N, "The business username has a problem.", can_retry=False)
DEFINITION = _admin(N, "A template's wording breaks one of Meta's rules.", can_retry=False)
VALUES = _template("The values do not fit the template.")
MARKETING_TOO_OFTEN = (
    "WhatsApp held this message back, because this person gets many marketing messages."
)

META: dict[int, Failure] = {
    0: ACCESS,
    1: TROUBLE,
    2: TROUBLE,
    3: PERMISSION,
    4: BUSY,
    10: PERMISSION,
    33: _admin(N, "The business number is deleted, or its id is wrong."),
    100: WRONG,
    190: _admin(N, "The access token of this number is no longer valid."),
    368: _admin(W, "Meta blocked this account for a while, because of a policy.", LATER),
    613: CALLING,
    80007: Failure(
        R, "Meta's limit of calls for this account was reached.", AGAIN, can_retry=True
    ),
    130403: Failure(N, "This customer is blocked.", "Unblock the contact, then send again."),
    130429: BUSY,
    130472: Failure(
        N,
        "This person is in a Meta experiment and gets no marketing messages.",
        "Do not try again. Reach them another way, or wait until they write.",
    ),
    130497: _admin(N, "This business may not write to people in this country.", can_retry=False),
    131000: TROUBLE,
    131005: PERMISSION,
    131008: WRONG,
    131009: WRONG,
    131016: TROUBLE,
    131020: GROUP,
    131021: Failure(N, "This is our own number.", "Choose another recipient."),
    131026: Failure(
        N,
        "The message cannot be delivered: the number may not be on WhatsApp, or the person uses "
        "an old app or has not accepted WhatsApp's terms.",
        "Check the number, or reach the person another way.",
        can_retry=True,
        offers=Next.OTHER_NUMBER,
    ),
    131030: _admin(N, "A test number may only write to the numbers on its list."),
    131031: _admin(N, "The business account is locked, or its PIN does not match."),
    131037: _admin(N, "Meta has not approved the display name of this number yet."),
    131041: GROUP,
    131042: _admin(
        W,
        "Meta has no valid means of payment for this account.",
        "An administrator must settle the payment with Meta; then try again.",
    ),
    131044: _admin(
        W,
        "Meta has no valid means of payment for calls.",
        "An administrator must settle the payment with Meta; then try again.",
    ),
    131045: _admin(N, "The certificate of this number is wrong; it must be registered again."),
    131047: Failure(
        N,
        "More than 24 hours have passed since the customer last wrote.",
        "Send an approved template; the customer's answer opens the window again.",
        offers=Next.TEMPLATE,
    ),
    131048: _admin(W, "WhatsApp limits this number, because people reported its messages.", LATER),
    131049: Failure(
        W,
        MARKETING_TOO_OFTEN,
        "Do not try again within a day. Reach the person another way if it is urgent.",
    ),
    131050: Failure(
        N,
        "This person asked for no more marketing messages.",
        "Send none. Answers and necessary messages are still possible.",
    ),
    131051: Failure(N, "WhatsApp does not support this kind of message.", NEW),
    131052: Failure(
        N, "WhatsApp could not fetch a file of the customer.", "Ask the customer to send it again."
    ),
    131053: Failure(
        N, "WhatsApp could not read the file.", "Save it as another type, then attach it again."
    ),
    131055: WRONG,
    131056: Failure(
        R, "Too many messages to this one person in a short time.", AGAIN, can_retry=True
    ),
    131057: TROUBLE,
    131059: WRONG,
    131062: Failure(
        N,
        "This message needs the person's phone number, which is not known.",
        "Ask the customer for the number.",
    ),
    131063: _template("Marketing templates are switched off for this account here."),
    131064: _admin(
        W, "Meta limits this account, because templates were in the wrong category.", LATER
    ),
    132000: VALUES,
    132001: _template("The template is missing in this language, or not approved."),
    132005: _template("The text is too long with these values.", "Use shorter values."),
    132007: _template("The template breaks WhatsApp's policy.", "Choose another template."),
    132008: VALUES,
    132012: VALUES,
    132015: Failure(
        W,
        "Meta paused this template, because people disliked it.",
        "Choose another template.",
        can_retry=True,
        offers=Next.TEMPLATE,
    ),
    132016: _template("Meta switched this template off.", "Choose another template."),
    132018: VALUES,
    132068: FLOW,
    132069: _admin(W, "The form (flow) in this message may go out only ten times an hour.", LATER),
    133000: REGISTRATION,
    133004: TROUBLE,
    133005: REGISTRATION,
    133006: REGISTRATION,
    133008: WAITING,
    133009: WAITING,
    133010: REGISTRATION,
    133015: _admin(W, "The number was deleted a moment ago; Meta asks for five minutes.", LATER),
    133016: _admin(W, "The number was registered too often; Meta asks for three days.", LATER),
    134011: _admin(N, "Meta's terms for payments have not been accepted."),
    134100: _template("Only marketing templates may go this way."),
    134101: Failure(
        W,
        "The template is still on its way through Meta.",
        "Try again in ten minutes.",
        can_retry=True,
    ),
    134102: _template("The template cannot be sent this way."),
    135000: Failure(N, "WhatsApp refused the message without saying why.", LATER, can_retry=True),
    136024: WAITING,
    136025: WAITING,
    137000: Failure(
        N,
        "The customer's WhatsApp changed (a new phone, perhaps).",
        "Make sure that it is the same person, then write again.",
        can_retry=True,
    ),
    139100: Failure(N, "Some people could not be blocked.", LATER),
    139101: Failure(N, "The list of blocked people is full.", ADMIN),
    139102: Failure(R, "Two changes to the list of blocked people met.", AGAIN, can_retry=True),
    139103: Failure(N, "WhatsApp could not change the list of blocked people.", LATER),
    139200: _admin(N, "This account may not send without templates.", can_retry=False),
    2494100: TROUBLE,
}
META |= dict.fromkeys((2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299), DEFINITION)

# First, last, meaning: families that Meta numbers together.
RANGES: list[tuple[int, int, Failure]] = [
    (200, 299, PERMISSION),
    (131201, 131215, GROUP),
    (138000, 138018, CALLING),
    (139000, 139004, FLOW),
    (147001, 147005, USERNAME),
    (2593107, 2593109, _admin(N, "The phone app's history could not be read.", can_retry=False)),
]
