"""One thing that a machine needs to be allowed."""

from asllint.data.integrations_iam import OPTIONAL
from asllint.facts.arn_templates import Resource
from asllint.facts.conditions import Context
from asllint.loader.pointer import Pointer
from asllint.model import arn
from asllint.model.asl import State
from asllint.record import Record

REGION = "aws:RequestedRegion"
MAP = "Map"  # the call of what a Distributed Map needs itself
# A permission's condition as a policy would write it: operator, key, value.
Said = tuple[str, str, str]


class Need(Record):
    """`state` is None for what the machine's settings ask for; `call` is `lambda:invoke`, `Map`, `logging`.

    `context` is what is known of the request, as conditions that a policy may set. One of `instead` would do
    in place of the action.
    """

    action: str
    resource: Resource
    context: tuple[Said, ...]
    tier: str
    need: str
    state: State | None
    pointer: Pointer
    call: str
    note: str = ""
    instead: tuple[str, ...] = ()

    @property
    def is_optional(self) -> bool:
        return self.need == OPTIONAL

    @property
    def request(self) -> Context:
        """The condition keys of the request that are known: it goes to the Region of its resource."""
        known = {key: value for _, key, value in self.context}
        named = arn.parse(self.resource.text or "")
        if named is not None and named.region.replace("-", "").isalnum():
            known[REGION] = named.region
        return known

    @property
    def key(self) -> tuple[str, str | None, tuple[Said, ...], tuple[str, ...]]:
        """Equal for needs that a policy answers in the same way."""
        return (self.action.lower(), self.resource.text, self.context, self.instead)


def optional(need: Need) -> Need:
    return need._replace(need=OPTIONAL)
