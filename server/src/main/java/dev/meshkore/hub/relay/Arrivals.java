package dev.meshkore.hub.relay;

import java.util.List;

/// Lets inboxes grow before the senders know, and wakes sessions after.
final class Arrivals implements SendWork.Listener {
  private final Inboxes inboxes;
  private final Contacts contacts;
  private final Presence presence;
  private final MailWatches mailWatches;
  private final Traffic traffic;

  Arrivals(
      Inboxes inboxes,
      Contacts contacts,
      Presence presence,
      MailWatches mailWatches,
      Traffic traffic) {
    this.inboxes = inboxes;
    this.contacts = contacts;
    this.presence = presence;
    this.mailWatches = mailWatches;
    this.traffic = traffic;
  }

  @Override
  public void arrived(List<SendWork.Accepted> accepted) {
    for (SendWork.Accepted message : accepted) {
      Sending sending = message.sending();
      if (sending.channel() == null) {
        contacts.count(sending.sender(), sending.recipient(), sending.sentAtMs());
      } else {
        contacts.countInChannel();
      }
      for (JournalRow.Target target : message.targets()) {
        Inbox inbox = inboxes.known(target.agent());
        if (inbox != null) {
          inbox.grewTo(target.sequence());
        }
      }
    }
  }

  @Override
  public void told(List<SendWork.Accepted> accepted, List<Sending> items) {
    var wakes = new Wakes();
    for (Sending item : items) {
      if (item.session() != null) {
        wakes.add(item.session());
      }
    }
    for (SendWork.Accepted message : accepted) {
      for (JournalRow.Target target : message.targets()) {
        presence.sessionsOf(target.agent()).forEach(wakes::add);
      }
    }
    wakes.run();
    for (SendWork.Accepted message : accepted) {
      for (JournalRow.Target target : message.targets()) {
        mailWatches.grew(target.agent());
      }
    }
    traffic.committed(accepted);
  }
}
