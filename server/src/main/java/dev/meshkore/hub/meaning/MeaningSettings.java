package dev.meshkore.hub.meaning;

/// How the hub searches by meaning.
///
/// @param isOn false where words alone are to decide
/// @param url of an OpenAI-compatible API that has `/v1/embeddings`; empty for the hub's own model
/// @param model the name of its model
/// @param key what opens it; empty where nothing is needed
public record MeaningSettings(boolean isOn, String url, String model, String key) {
  /// Says nothing of the key.
  @Override
  public String toString() {
    return "MeaningSettings[" + isOn + ", " + url + ", " + model + "]";
  }
}
