"""Events that leave the server: registered receivers, signed deliveries, tries until one succeeds, a log.

Knows HTTP as a client and nothing of who sends what; loopback receivers alone unless told otherwise.
"""

from emulator.webhooks.delivery import Attempt, Delivery, Target
from emulator.webhooks.loopback import RemoteReceiver
from emulator.webhooks.webhooks import Webhooks

__all__ = ["Attempt", "Delivery", "RemoteReceiver", "Target", "Webhooks"]
