package dev.meshkore.sdk;

/// The hub could not be reached, or the connection broke before it answered.
public final class UnreachableException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  UnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
