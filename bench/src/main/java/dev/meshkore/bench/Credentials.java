package dev.meshkore.bench;

/// What an agent got when it joined. The token is never printed.
record Credentials(String agentId, String token) {
  @Override
  public String toString() {
    return agentId;
  }
}
