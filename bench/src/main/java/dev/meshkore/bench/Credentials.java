package dev.meshkore.bench;

/// What an agent got when it joined. Neither key nor token is ever printed.
record Credentials(String agentId, String apiKey, String token) {
  @Override
  public String toString() {
    return agentId;
  }
}
