package dev.meshkore.hub.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TreeTest {
  private static final int SIZE_MAX = 300;

  /// The inputs and roots that every implementation of RFC 6962 is tested with.
  private static final String[] INPUTS = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f"
  };

  private static final String[] ROOTS = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
  };

  /// A tree that grew leaf by leaf, and what it stored on its way.
  private static final class Grown {
    final Map<Edge.Place, byte[]> tiles = new HashMap<>();
    final List<byte[]> hashes = new ArrayList<>();
    Edge edge = new Edge();

    void add(byte[] record) throws SQLException {
      Edge next = Edge.read(edge.size(), this::tile);
      next.append(record, record.length);
      tiles.putAll(next.changed());
      hashes.add(Proofs.leaf(record));
      edge = next;
    }

    byte[] tile(int level, long number) {
      byte[] tile = tiles.get(new Edge.Place(level, number));
      assertThat(tile).as("tile " + level + "/" + number).isNotNull();
      return tile == null ? new byte[0] : tile;
    }

    Tree tree() {
      return new Tree(this::tile);
    }
  }

  private static Grown grown(int size) throws SQLException {
    var grown = new Grown();
    for (int i = 0; i < size; i++) {
      grown.add(("leaf " + i).getBytes(StandardCharsets.US_ASCII));
    }
    return grown;
  }

  @Test
  void hasTheRootsThatEverybodyKnows() throws SQLException {
    var grown = new Grown();
    assertThat(hex(grown.edge.root()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (int i = 0; i < INPUTS.length; i++) {
      grown.add(HexFormat.of().parseHex(INPUTS[i]));
      assertThat(hex(grown.edge.root())).isEqualTo(ROOTS[i]);
      assertThat(hex(grown.tree().root(i + 1))).isEqualTo(ROOTS[i]);
    }
  }

  @Test
  void provesEveryLeafOfEverySize() throws SQLException {
    Grown grown = grown(SIZE_MAX);
    for (int size = 1; size <= SIZE_MAX; size++) {
      byte[] root = grown.tree().root(size);
      assertThat(root).isEqualTo(Proofs.root(grown.hashes.subList(0, size)));
      for (int index = 0; index < size; index++) {
        List<byte[]> path = grown.tree().inclusion(index, size);
        byte[] leaf = grown.hashes.get(index);
        assertThat(Proofs.includes(leaf, index, path, size, root)).isTrue();
        assertThat(Proofs.includes(leaf, index + 1, path, size, root)).isFalse();
        assertThat(Proofs.includes(changed(leaf), index, path, size, root)).isFalse();
        if (!path.isEmpty()) {
          List<byte[]> other = new ArrayList<>(path);
          other.set(index % path.size(), changed(path.get(index % path.size())));
          assertThat(Proofs.includes(leaf, index, other, size, root)).isFalse();
          assertThat(Proofs.includes(leaf, index, path.subList(1, path.size()), size, root))
              .isFalse();
        }
      }
    }
  }

  @Test
  void provesThatEverySizeBeginsWithEveryEarlierOne() throws SQLException {
    Grown grown = grown(SIZE_MAX);
    for (int size = 1; size <= SIZE_MAX; size++) {
      byte[] root = grown.tree().root(size);
      for (int earlier = 1; earlier <= size; earlier++) {
        List<byte[]> proof = grown.tree().consistency(earlier, size);
        byte[] then = grown.tree().root(earlier);
        assertThat(Proofs.extendsTree(earlier, then, size, root, proof)).isTrue();
        assertThat(Proofs.extendsTree(earlier, changed(then), size, root, proof)).isFalse();
        assertThat(Proofs.extendsTree(earlier, then, size, changed(root), proof)).isFalse();
      }
    }
  }

  @Test
  void growsOverTheEndOfALevel() throws SQLException {
    int size = 256 * 256 + 300;
    var edge = new Edge();
    var hashes = new ArrayList<byte[]>();
    for (int i = 0; i < size; i++) {
      byte[] record = {(byte) i, (byte) (i >> 8), (byte) (i >> 16)};
      edge.append(record, record.length);
      hashes.add(Proofs.leaf(record));
    }
    assertThat(edge.root()).isEqualTo(Proofs.root(hashes));
    Map<Edge.Place, byte[]> tiles = edge.changed();
    assertThat(tiles.get(new Edge.Place(0, 255))).hasSize(256 * Digests.BYTES);
    assertThat(tiles.get(new Edge.Place(2, 0))).hasSize(Digests.BYTES);
    var tree =
        new Tree((level, number) -> Arrays.copyOf(tiles.get(new Edge.Place(level, number)), 8_192));
    assertThat(
            Proofs.includes(
                hashes.get(70), 70, tree.inclusion(70, size), size, Proofs.root(hashes)))
        .isTrue();
  }

  private static byte[] changed(byte[] hash) {
    byte[] other = hash.clone();
    other[7] ^= 1;
    return other;
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
