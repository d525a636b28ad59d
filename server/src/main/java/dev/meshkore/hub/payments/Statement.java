package dev.meshkore.hub.payments;

import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Moment;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What moved on an agent's accounts in a time, or a page of it, which comes out even by itself: of
/// every asset, the closing balance is the opening one and all lines together. Money that is held
/// has not moved.
///
/// @param opening what there was of each asset before the first line
/// @param closing what there was after the last
/// @param lines what moved, the oldest first
/// @param next where the next page begins, if there is one
record Statement(
    Map<Asset, Long> opening, Map<Asset, Long> closing, List<Line> lines, Optional<Moment> next) {
  /// One movement.
  ///
  /// @param transfer what moved
  /// @param change what it added, in atoms; below nothing where it was paid out
  /// @param balance what there was after it, in atoms
  record Line(Transfer transfer, long change, long balance) {}

  /// Reads a page.
  ///
  /// @param after where it begins
  /// @param beforeMs the time before which all of it moved
  static Statement read(
      Transaction reader, Ledger ledger, long agent, Moment after, long beforeMs, int limit)
      throws SQLException {
    Account.Name name = Account.Name.ofAgent(agent);
    var opening = new LinkedHashMap<Asset, Long>();
    // All that follows is read as it was when these were.
    List<Account> accounts = ledger.accounts(reader, name);
    for (Account account : accounts) {
      opening.put(account.asset(), ledger.balanceAt(reader, account, after));
    }
    opening.putIfAbsent(Asset.CREDIT, 0L);
    List<Transfer> found = ledger.moved(reader, accounts, after, beforeMs, limit + 1);
    boolean isMore = found.size() > limit;
    var balances = new LinkedHashMap<>(opening);
    var lines = new ArrayList<Line>();
    for (Transfer one : isMore ? found.subList(0, limit) : found) {
      long atoms = one.amount().atoms();
      long change = one.credit().equals(name) ? atoms : -atoms;
      lines.add(new Line(one, change, balances.merge(one.amount().asset(), change, Long::sum)));
    }
    return new Statement(
        opening,
        balances,
        lines,
        isMore ? Optional.of(Moment.after(lines.getLast().transfer())) : Optional.empty());
  }
}
