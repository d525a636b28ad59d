package dev.meshkore.hub.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminKeyTest {
  @TempDir private Path folder;

  @Test
  void isMadeOnceForItsOwnerAlone() throws IOException {
    AdminKey made = AdminKey.openOrMake(folder, new SecureRandom());
    assertThat(made.value()).matches("mka_[A-Za-z0-9_-]{43}");
    Path file = folder.resolve("admin.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    AdminKey opened = AdminKey.openOrMake(folder, new SecureRandom());
    assertThat(opened.value()).isEqualTo(made.value());
    assertThat(opened.matches(made.value())).isTrue();
    assertThat(opened.matches(made.value() + "x")).isFalse();
    assertThat(opened.matches("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rw-----w-"})
  void isNotUsedWhenOthersCouldReadOrChangeIt(String mode) throws IOException {
    String key = AdminKey.openOrMake(folder, new SecureRandom()).value();
    Path file = folder.resolve("admin.key");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    assertThatThrownBy(() -> AdminKey.openOrMake(folder, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageNotContaining(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "mka_short", "mk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void isNotUsedWhenItIsNone(String text) throws IOException {
    AdminKey.openOrMake(folder, new SecureRandom());
    Files.writeString(folder.resolve("admin.key"), text);
    assertThatThrownBy(() -> AdminKey.openOrMake(folder, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not hold an admin key");
  }
}
