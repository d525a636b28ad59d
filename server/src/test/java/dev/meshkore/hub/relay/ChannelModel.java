package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.ProblemType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Channels as plainly as they can be said. Each method answers the refusal, or empty where it is
/// allowed and done.
final class ChannelModel {
  static final class Group {
    final boolean isOpen;
    final Map<Integer, Channel.Role> roles = new TreeMap<>();
    final List<MessageModel> messages = new ArrayList<>();
    int made;

    Group(boolean isOpen) {
      this.isOpen = isOpen;
    }

    long owners() {
      return roles.values().stream().filter(role -> role == Channel.Role.OWNER).count();
    }
  }

  private final Map<String, Group> groups = new HashMap<>();

  Group group(String id) {
    Group found = groups.get(id);
    if (found == null) {
      throw new AssertionError("The model has no channel " + id);
    }
    return found;
  }

  Optional<ProblemType> create(int agent, String id, boolean isOpen, List<Integer> others) {
    if (groups.containsKey(id)) {
      return Optional.of(ProblemType.CHANNEL_EXISTS);
    }
    var group = new Group(isOpen);
    others.forEach(other -> group.roles.put(other, Channel.Role.MEMBER));
    group.roles.put(agent, Channel.Role.OWNER);
    groups.put(id, group);
    return Optional.empty();
  }

  Optional<ProblemType> join(int agent, String id) {
    return visible(agent, id)
        .or(() -> {
          Map<Integer, Channel.Role> roles = group(id).roles;
          roles.putIfAbsent(agent, roles.isEmpty() ? Channel.Role.OWNER : Channel.Role.MEMBER);
          return Optional.empty();
        });
  }

  Optional<ProblemType> leave(int agent, String id) {
    return member(agent, id)
        .or(() -> {
          Group group = group(id);
          boolean isLastOwner = group.roles.get(agent) == Channel.Role.OWNER && group.owners() == 1;
          if (isLastOwner && group.roles.size() > 1) {
            return Optional.of(ProblemType.LAST_OWNER);
          }
          group.roles.remove(agent);
          return Optional.empty();
        });
  }

  Optional<ProblemType> add(int agent, String id, int other, Channel.Role role) {
    return member(agent, id)
        .or(() -> {
          Group group = group(id);
          boolean isPlain = role == Channel.Role.MEMBER;
          if (isPlain ? !isModerator(group, agent) : !isOwner(group, agent)) {
            return Optional.of(ProblemType.NOT_ALLOWED);
          }
          group.roles.putIfAbsent(other, role);
          return Optional.empty();
        });
  }

  Optional<ProblemType> remove(int agent, String id, int other) {
    return member(agent, id)
        .or(() -> {
          Group group = group(id);
          Channel.Role role = group.roles.get(other);
          if (role == null) {
            return Optional.of(ProblemType.UNKNOWN_AGENT);
          }
          boolean isPlain = role == Channel.Role.MEMBER;
          if (isPlain ? !isModerator(group, agent) : !isOwner(group, agent)) {
            return Optional.of(ProblemType.NOT_ALLOWED);
          }
          if (role == Channel.Role.OWNER && group.owners() == 1) {
            return Optional.of(ProblemType.LAST_OWNER);
          }
          group.roles.remove(other);
          return Optional.empty();
        });
  }

  Optional<ProblemType> setRole(int agent, String id, int other, Channel.Role role) {
    return member(agent, id)
        .or(() -> {
          Group group = group(id);
          if (!isOwner(group, agent)) {
            return Optional.of(ProblemType.NOT_ALLOWED);
          }
          Channel.Role before = group.roles.get(other);
          if (before == null) {
            return Optional.of(ProblemType.UNKNOWN_AGENT);
          }
          boolean isLastOwner = before == Channel.Role.OWNER && group.owners() == 1;
          if (isLastOwner && role != Channel.Role.OWNER) {
            return Optional.of(ProblemType.LAST_OWNER);
          }
          group.roles.put(other, role);
          return Optional.empty();
        });
  }

  /// The refusal of what any member may do.
  Optional<ProblemType> member(int agent, String id) {
    return visible(agent, id)
        .or(() ->
            group(id).roles.containsKey(agent)
                ? Optional.empty()
                : Optional.of(ProblemType.NOT_ALLOWED));
  }

  private Optional<ProblemType> visible(int agent, String id) {
    Group group = groups.get(id);
    return group == null || !(group.isOpen || group.roles.containsKey(agent))
        ? Optional.of(ProblemType.UNKNOWN_CHANNEL)
        : Optional.empty();
  }

  private static boolean isModerator(Group group, int agent) {
    return group.roles.get(agent) == Channel.Role.MODERATOR || isOwner(group, agent);
  }

  private static boolean isOwner(Group group, int agent) {
    return group.roles.get(agent) == Channel.Role.OWNER;
  }
}
