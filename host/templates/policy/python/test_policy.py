"""The policy by itself, on the types that `umbel policy build` leaves in `bindings`."""

import sys
import unittest

sys.path.append("bindings")

from policy import FanOut  # noqa: E402
from wit_world.imports.types import Event, Selector, Subscriber  # noqa: E402


def asking(client, topic):
    return Subscriber(client, [Selector("exact", topic)], [], "", [], 0)


def about(topic):
    return Event(1, "", [topic], None, False, 0, 0, None, [])


class Policy(unittest.TestCase):
    def test_an_event_is_for_those_who_asked_for_its_topic(self):
        policy, events = FanOut(), [about(topic) for topic in "abc"]
        policy.join([asking(0, "a"), asking(1, "b"), asking(2, "a")])
        policy.leave([2])
        self.assertEqual(policy.route(events), [[0], [1], []])
        self.assertEqual(policy.select([1, 0], events), [[1], [0]])


if __name__ == "__main__":
    unittest.main()
