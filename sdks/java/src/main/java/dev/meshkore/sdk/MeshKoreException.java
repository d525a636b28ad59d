package dev.meshkore.sdk;

import org.jspecify.annotations.Nullable;

/// Everything that can go wrong between an agent and its hub.
public abstract class MeshKoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MeshKoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
