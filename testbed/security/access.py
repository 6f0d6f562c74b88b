"""Accounts, rights and settings of a broker, through its Admin API."""

from dataclasses import dataclass

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from testbed.asking import ask

ITERATIONS = 4096  # the least that Kafka takes


@dataclass(frozen=True)
class Access:
    """Each call returns when the broker has answered; raises ``BenchError`` where it refuses."""

    admin: AdminClient
    answer_within_s: float

    def account(self, user: str, password: str) -> None:
        """Make an account, or give it another password."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS)
        wanted = [UserScramCredentialUpsertion(user, info, password.encode())]
        answers = self.admin.alter_user_scram_credentials(wanted)
        ask(lambda: answers[user], f"make the account {user}", self.answer_within_s)

    def grant(self, binding: AclBinding) -> None:
        """Allow what the binding says."""
        answers = self.admin.create_acls([binding])
        ask(lambda: answers[binding], "grant a right", self.answer_within_s)

    def revoke(self, binding: AclBinding) -> None:
        """Take it back."""
        wanted = AclBindingFilter(
            binding.restype, binding.name, binding.resource_pattern_type, binding.principal,
            binding.host, binding.operation, AclPermissionType.ALLOW,
        )  # fmt: skip
        answers = self.admin.delete_acls([wanted])
        ask(lambda: answers[wanted], "withdraw a right", self.answer_within_s)

    def configure(self, broker: str, name: str, value: str) -> None:
        """Set one property of a broker that runs."""
        entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.BROKER, broker, incremental_configs=[entry])
        answers = self.admin.incremental_alter_configs([resource])
        ask(lambda: answers[resource], f"set {name}", self.answer_within_s)
