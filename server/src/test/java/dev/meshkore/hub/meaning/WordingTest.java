package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WordingTest {
  private static final int SIZE = 384;
  private final Random random = new Random(8);

  private float[] direction(int size) {
    float[] vector = new float[size];
    for (int i = 0; i < size; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Vectors.unit(vector);
  }

  private float[] near(float[] vector, double moved) {
    float[] other = vector.clone();
    Vectors.add(other, direction(vector.length), (float) moved);
    return Vectors.unit(other);
  }

  private static Reading reading(List<float[]> vectors) {
    return weighed(vectors, 1);
  }

  private static Reading weighed(List<float[]> vectors, float weight) {
    List<Reading.Piece> pieces =
        vectors.stream().map(vector -> new Reading.Piece(vector, weight)).toList();
    return new Reading(vectors.getFirst(), pieces);
  }

  private static double nearness(Reading request, Reading... text) {
    float[] middle = new float[request.vector().length];
    return Wording.of(request, middle).nearness(Pieces.of(List.of(text), middle));
  }

  private List<float[]> directions(int count) {
    var vectors = new ArrayList<float[]>();
    for (int i = 0; i < count; i++) {
      vectors.add(direction(SIZE));
    }
    return vectors;
  }

  @Test
  void tellsOfOnePairOfPiecesNearlyWhatTheirVectorsTell() {
    for (int size : new int[] {SIZE, 100, 1_024}) {
      for (double moved : new double[] {0, 0.5, 1, 2}) {
        float[] one = direction(size);
        float[] other = near(one, moved);
        double exact = Vectors.cosine(one, other);
        double kept = nearness(reading(List.of(one)), reading(List.of(other)));
        assertThat(kept).isCloseTo(exact, within(3 / Math.sqrt(size)));
      }
    }
  }

  @Test
  void findsADetailAmongOthers() {
    List<float[]> request = directions(3);
    List<float[]> text = directions(10);
    double unrelated = nearness(reading(request), reading(text));
    text.set(4, near(request.get(1), 0.3));
    double related = nearness(reading(request), reading(text));
    assertThat(related).isGreaterThan(unrelated + 0.15);
  }

  @Test
  void isNotNearToWhoSaysEverything() {
    List<float[]> request = directions(3);
    double meant = nearness(reading(request), reading(request));
    List<float[]> everything = directions(60);
    everything.addAll(0, request);
    double heap = nearness(reading(request), reading(everything));
    List<float[]> two = directions(1);
    two.addAll(request.subList(0, 2));
    double mostly = nearness(reading(request), reading(two));
    assertThat(meant).isGreaterThan(0.9);
    assertThat(heap).isLessThan(meant - 0.3).isLessThan(mostly);
  }

  @Test
  void leavesOutWhatSaysLittleAndWhatIsTooMuch() {
    float[] middle = new float[SIZE];
    Reading little = weighed(directions(5), 0.1f);
    Reading much = reading(directions(200));
    assertThat(Pieces.of(List.of(little), middle)).isEmpty();
    assertThat(Pieces.of(List.of(little, much), middle)).hasSize(64 * Pieces.size(SIZE));
    assertThat(Pieces.weight(Pieces.of(List.of(much), middle), 0)).isEqualTo(1);
  }

  @Test
  void takesOutWhatAllHaveInCommon() {
    float[] common = direction(SIZE);
    List<float[]> request = directions(2).stream().map(one -> near(common, 0.3)).toList();
    List<float[]> text = directions(2).stream().map(one -> near(common, 0.3)).toList();
    double before = nearness(reading(request), reading(text));
    double after =
        Wording.of(reading(request), common).nearness(Pieces.of(List.of(reading(text)), common));
    assertThat(before).isGreaterThan(0.6);
    assertThat(after).isLessThan(0.3);
  }

  @Test
  void isNearToNothingWhereNothingIsKnown() {
    Reading none = Reading.of(direction(SIZE));
    Reading some = reading(directions(2));
    assertThat(nearness(none, some)).isZero();
    assertThat(nearness(some, none)).isZero();
  }
}
