package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.AmountReader.Amount;
import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// Finds what may be paid at most. An amount is a budget only where a word binds it as one, or
/// where it is said per piece: `I invested $5000` is none.
final class BudgetReader {
  private static final int FILLERS_MAX = 3;

  /// `when it is below $50` says no budget, within so many tokens.
  private static final int IF_TOKENS = 4;

  private final Sentence sentence;
  private final AmountReader amounts;
  private @Nullable Budget budget;

  BudgetReader(Sentence sentence) {
    this.sentence = sentence;
    this.amounts = new AmountReader(sentence);
  }

  /// Reads the whole sentence, and marks what it took.
  @Nullable Budget read() {
    for (int i = 0; i < sentence.size(); i++) {
      if (sentence.isFree(i)) {
        i = Math.max(i, at(i) - 1);
      }
    }
    return budget;
  }

  /// Reads a budget that begins here; the token after it, or this one.
  private int at(int i) {
    Match free = sentence.at(i, Meaning.FREE);
    if (free != null && !sentence.endsAt(i, Meaning.NICE)) {
      keep(i, free.end(), new Budget(BigInteger.ZERO, 0, "", ""));
      return free.end();
    }
    Match per = sentence.at(i, Meaning.PERLEAD);
    Match unit = per == null ? null : sentence.at(per.end(), Meaning.PERUNIT);
    if (unit != null) {
      int end = bound(i, unit.end(), unit.value());
      if (end > i) {
        return end;
      }
    }
    return bound(i, i, "");
  }

  /// A budget whose words begin at `i`, where something that was read already may be before them.
  private int bound(int from, int i, String per) {
    Match between = sentence.at(i, Meaning.BETWEEN);
    if (between != null) {
      Amount amount = range(between.end());
      return amount == null ? from : take(from, amount, per);
    }
    Match max = sentence.at(i, Meaning.MAX);
    if (max != null && !sentence.isBefore(i, IF_TOKENS, Meaning.MAXIF)) {
      int at = max.end();
      for (int fillers = 0; fillers <= FILLERS_MAX; fillers++) {
        Amount amount = amount(at);
        if (amount != null) {
          return isRefused(at) ? from : take(from, amount, per);
        }
        int next = sentence.skip(sentence.skip(at, Meaning.MAXFILLER), Meaning.MAX);
        if (next == at) {
          break;
        }
        at = next;
      }
    }
    Match direct = sentence.at(i, Meaning.MAXDIRECT);
    Amount paid = direct == null ? null : amount(direct.end());
    if (paid != null) {
      return take(from, paid, per);
    }
    Amount amount = amount(i);
    if (amount == null) {
      return from;
    }
    boolean isBound =
        !per.isEmpty() || sentence.is(amount.end(), Meaning.MAXAFTER) || per(amount.end()) != null;
    return isBound && !isRefused(i) ? take(from, amount, per) : from;
  }

  private @Nullable Amount amount(int i) {
    Amount amount = amounts.at(i);
    return amount == null ? range(i) : amount;
  }

  /// The larger end of `40-60 USD`.
  private @Nullable Amount range(int i) {
    int low = amounts.bareEnd(i);
    int high = sentence.skip(low, Meaning.RANGELINK);
    return low > i && high > low ? amounts.at(high) : null;
  }

  /// A sign before an amount makes it none, as `-5` is none.
  private boolean isRefused(int i) {
    return sentence.word(i - 1).equals("-") && sentence.isTied(i);
  }

  private int take(int from, Amount amount, String perBefore) {
    int end = amount.end();
    Match per = per(end);
    String unit = perBefore.isEmpty() && per != null ? per.value() : perBefore;
    end = per == null ? end : per.end();
    end = sentence.skip(end, Meaning.MAXAFTER);
    keep(from, end, new Budget(amount.atoms(), amount.decimals(), amount.asset(), unit));
    return end;
  }

  private @Nullable Match per(int i) {
    Match each = sentence.at(i, Meaning.PEREACH);
    if (each != null) {
      return each;
    }
    Match per = sentence.at(i, Meaning.PER);
    return per == null ? null : sentence.at(per.end(), Meaning.PERUNIT);
  }

  private void keep(int from, int end, Budget read) {
    sentence.mark(from, end, Use.MONEY);
    if (budget == null) {
      budget = read;
    } else if (!budget.equals(read)) {
      sentence.note("more than one amount was said; the first is the budget");
    }
  }
}
