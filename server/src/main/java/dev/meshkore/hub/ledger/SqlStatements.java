package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What moved on accounts, as it was when their rows were read. No more is read than what is asked
/// for, and one page at each end of it.
final class SqlStatements {
  private static final int PAGES_MAX = 10_000;
  private static final Comparator<Transfer> BY_TIME =
      Comparator.comparingLong(Transfer::madeAtMs).thenComparingLong(Transfer::number);

  /// So many numbers are asked for at once; one statement is prepared for all of them.
  private static final int NUMBERS = 64;

  /// Among so many movements of an account its last payments are looked for: one may have given
  /// back or paid fees for ever.
  private static final int LOOKED_AT = 4_000;

  private static final String NUMBER_MARKS = String.join(", ", Collections.nCopies(NUMBERS, "?"));

  private SqlStatements() {}

  static List<Transfer> all(Transaction reader, String column, List<Long> numbers)
      throws SQLException {
    var found = new ArrayList<Transfer>();
    for (int from = 0; from < numbers.size(); from += NUMBERS) {
      var some =
          new ArrayList<Object>(numbers.subList(from, Math.min(from + NUMBERS, numbers.size())));
      while (some.size() < NUMBERS) {
        // No transfer has this number.
        some.add(0L);
      }
      found.addAll(
          reader.list(
              "SELECT "
                  + SqlLedger.COLUMNS
                  + SqlLedger.FROM
                  + " WHERE "
                  + column
                  + " IN ("
                  + NUMBER_MARKS
                  + ")",
              SqlLedger::transfer,
              some.toArray()));
    }
    return found;
  }

  static List<Transfer> page(Transaction reader, Account.Name name, long before, int limit)
      throws SQLException {
    var found = new ArrayList<Transfer>();
    for (Account account : SqlLedger.accounts(reader, name)) {
      for (Chain.Side side : Chain.Side.values()) {
        long end = SqlChains.endOfPage(reader, account, side, before);
        // What lies between the end of the page and the number is left out.
        for (SqlChains.Step step : SqlChains.back(reader, side, end, limit + Chain.PAGE)) {
          if (step.transfer().number() < before) {
            found.add(step.transfer());
          }
        }
      }
    }
    return found.stream()
        .sorted(Comparator.comparingLong(Transfer::number).reversed())
        .limit(limit)
        .toList();
  }

  static List<Ledger.Paid> lastPaid(
      Transaction reader, Account.Name name, String asset, List<String> without, int limit)
      throws SQLException {
    Optional<Account> payer =
        SqlLedger.accounts(reader, name).stream()
            .filter(account -> account.asset().code().equals(asset))
            .findFirst();
    var found = new ArrayList<Ledger.Paid>();
    long next = payer.map(account -> account.debits().newest()).orElse(0L);
    int left = LOOKED_AT;
    while (next != 0 && found.size() < limit && left > 0) {
      List<SqlChains.Step> steps = SqlChains.back(reader, Chain.Side.DEBIT, next, limit);
      left = steps.isEmpty() ? 0 : left - steps.size();
      for (SqlChains.Step step : steps) {
        Transfer one = step.transfer();
        boolean isPaid = one.kind() == Transfer.Kind.POSTED || one.kind() == Transfer.Kind.PENDING;
        if (isPaid && !without.contains(one.purpose()) && found.size() < limit) {
          found.add(new Ledger.Paid(one.amount().atoms(), one.madeAtMs()));
        }
        next = step.before();
      }
    }
    return found;
  }

  static List<Transfer> moved(
      Transaction reader, List<Account> accounts, Moment after, long beforeMs, int limit)
      throws SQLException {
    var found = new ArrayList<Transfer>();
    for (Account account : accounts) {
      for (Chain.Side side : Chain.Side.values()) {
        found.addAll(moved(reader, account, side, after, beforeMs, limit));
      }
    }
    return found.stream().sorted(BY_TIME).limit(limit).toList();
  }

  /// By time, whatever the clock did: a page is read until the first that are wanted lie before all
  /// that it has.
  private static NavigableSet<Transfer> moved(
      Transaction reader, Account account, Chain.Side side, Moment after, long beforeMs, int limit)
      throws SQLException {
    Predicate<Transfer> isWanted =
        one -> one.isMoved() && isAfter(one, after) && one.madeAtMs() < beforeMs;
    var found = new TreeSet<Transfer>(BY_TIME);
    Chain chain = account.chain(side);
    add(found, SqlChains.back(reader, side, chain.newest(), chain.rest()), isWanted, limit);
    int atOnce = limit / Chain.PAGE + 2;
    // Ever more, since each question looks at all pages of the side.
    var last = new SqlChains.Page(0, Long.MIN_VALUE);
    while (true) {
      List<SqlChains.Page> pages =
          SqlChains.pages(reader, account, side, after.atMs(), beforeMs, last, atOnce);
      for (SqlChains.Page page : pages) {
        if (found.size() == limit && found.last().madeAtMs() < page.earliest()) {
          return found;
        }
        add(found, SqlChains.back(reader, side, page.newest(), Chain.PAGE), isWanted, limit);
        last = page;
      }
      if (pages.size() < atOnce) {
        return found;
      }
      atOnce = Math.min(2 * atOnce, PAGES_MAX);
    }
  }

  /// Keeps the first ones alone.
  private static void add(
      NavigableSet<Transfer> found,
      List<SqlChains.Step> steps,
      Predicate<Transfer> isWanted,
      int limit) {
    steps.stream().map(SqlChains.Step::transfer).filter(isWanted).forEach(found::add);
    while (found.size() > limit) {
      found.pollLast();
    }
  }

  private static boolean isAfter(Transfer one, Moment moment) {
    return one.madeAtMs() > moment.atMs()
        || (one.madeAtMs() == moment.atMs() && one.number() > moment.number());
  }

  /// What came in less what went out.
  static long sumAfter(Transaction reader, Account account, Moment after) throws SQLException {
    return sumAfter(reader, account, Chain.Side.CREDIT, after)
        - sumAfter(reader, account, Chain.Side.DEBIT, after);
  }

  private static long sumAfter(Transaction reader, Account account, Chain.Side side, Moment after)
      throws SQLException {
    Chain chain = account.chain(side);
    long sum = SqlChains.sumAfter(reader, account, side, after.atMs());
    sum += sum(SqlChains.back(reader, side, chain.newest(), chain.rest()), after);
    // Of pages in which the moment lies, each movement is looked at.
    var last = new SqlChains.Page(0, Long.MIN_VALUE);
    List<SqlChains.Page> pages;
    do {
      pages = SqlChains.pages(reader, account, side, after.atMs(), after.atMs() + 1, last, NUMBERS);
      for (SqlChains.Page page : pages) {
        sum += sum(SqlChains.back(reader, side, page.newest(), Chain.PAGE), after);
        last = page;
      }
    } while (pages.size() == NUMBERS);
    return sum;
  }

  private static long sum(List<SqlChains.Step> steps, Moment after) {
    return steps.stream()
        .map(SqlChains.Step::transfer)
        .filter(one -> one.isMoved() && isAfter(one, after))
        .mapToLong(one -> one.amount().atoms())
        .sum();
  }
}
