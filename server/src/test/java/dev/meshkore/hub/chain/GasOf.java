package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// Who pays for the gas of a hub in a test.
public final class GasOf {
  private GasOf() {}

  /// The address of the key in a hub's data folder.
  public static Address hub(Path data) {
    return GasKey.openOrMake(data.resolve("evm.key"), new SplittableRandom(1)).address();
  }
}
