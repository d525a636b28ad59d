package dev.meshkore.hub.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// How long a comparison takes tells how much of a guess was right, unless it always looks at
/// everything. Bytes that a stranger must not guess are compared by [java.security.MessageDigest]
/// alone; what is compared otherwise is public, and named here.
final class ComparisonTest {
  private static final String ROOT = "dev.meshkore.hub.";
  private static final JavaClasses HUB =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.meshkore.hub");

  /// Where bytes are compared that everybody may know: roots of the published tree, the id of a
  /// published key, what buyers signed, the form of messages and of streams.
  private static final Set<String> PUBLIC =
      Set.of(
          "audit.AuditLog",
          "audit.Checkpoint",
          "audit.Proofs",
          "audit.SignedNote",
          "chain.Settling",
          "evm.EcdsaSignature",
          "keys.Key",
          "outbound.EventReader",
          "relay.Erasure",
          "relay.Journal",
          "witness.WitnessRoutes",
          "x402.HubAddresses");

  /// Who holds or checks a secret: keys of agents, owners and the operator, seals, digests.
  private static final Set<String> OF_SECRETS =
      Set.of(
          "identity.AdminKey",
          "identity.ApiKeyHash",
          "identity.SignedCalls",
          "keys.ContentDigest",
          "keys.NostrEvent",
          "mcp.RequestState");

  @Test
  void bytesThatAreSecretAreComparedInConstantTime() {
    assertThat(callersOf(Arrays.class, "equals", "compare", "mismatch")).isEqualTo(PUBLIC);
  }

  @Test
  void whoChecksASecretComparesInConstantTime() {
    assertThat(callersOf(java.security.MessageDigest.class, "isEqual")).isEqualTo(OF_SECRETS);
  }

  /// A hash of a secret is looked up by an index of the database, whose time tells at most of the
  /// hash; nobody can choose a text by the beginning of its hash and learn of the key.
  @Test
  void noTextThatBeginsLikeAKeyIsComparedAsText() {
    Set<String> comparing =
        HUB.stream()
            .filter(one ->
                List.of("AdminKey", "ApiKeyHash", "Secrets", "Sha256", "Pbkdf2").stream()
                    .anyMatch(name -> one.getName().endsWith(".identity." + name)))
            .flatMap(one -> one.getMethodCallsFromSelf().stream())
            .filter(call -> call.getTargetOwner().isEquivalentTo(String.class))
            .map(JavaMethodCall::getName)
            .filter(List.of("equals", "equalsIgnoreCase", "compareTo", "contentEquals")::contains)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(comparing).isEmpty();
  }

  private static Set<String> callersOf(Class<?> owner, String... names) {
    return HUB.stream()
        .flatMap(one -> one.getMethodCallsFromSelf().stream())
        .filter(call -> call.getTargetOwner().isEquivalentTo(owner))
        .filter(call -> List.of(names).contains(call.getName()))
        .filter(call -> ofBytes(call))
        .map(call ->
            call.getOriginOwner().getName().substring(ROOT.length()).replaceFirst("\\$.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean ofBytes(JavaMethodCall call) {
    return call.getTarget().getRawParameterTypes().stream()
        .anyMatch(type -> type.isEquivalentTo(byte[].class));
  }
}
