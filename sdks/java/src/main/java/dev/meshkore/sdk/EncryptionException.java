package dev.meshkore.sdk;

import org.jspecify.annotations.Nullable;

/// Something could not be encrypted or decrypted. The message never holds a key or a content.
public final class EncryptionException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  EncryptionException(String message) {
    super(message, null);
  }

  EncryptionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
