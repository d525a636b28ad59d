package dev.meshkore.hub.identity;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// A key that an agent has proved to hold.
///
/// @param key the key
/// @param boundAt when it proved that
public record BoundKey(Key key, Instant boundAt) {
  /// Keys as `agent.keys` holds them.
  static String text(List<BoundKey> keys) {
    return keys.stream()
        .map(one ->
            String.join(
                " ",
                one.key.type().word(),
                one.key.hex(),
                one.key.isOdd() ? "1" : "0",
                Long.toString(one.boundAt.toEpochMilli())))
        .collect(Collectors.joining("\n"));
  }

  /// Reads what [#text] wrote.
  static List<BoundKey> read(String text) {
    return text.lines()
        .map(line -> line.split(" "))
        .map(parts ->
            new BoundKey(
                new Key(KeyType.of("type", parts[0]), parts[1], parts[2].equals("1")),
                Instant.ofEpochMilli(Long.parseLong(parts[3]))))
        .toList();
  }
}
