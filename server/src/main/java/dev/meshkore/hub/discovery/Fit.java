package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentJson;
import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.intent.Deadline;
import dev.meshkore.hub.intent.LanguagePair;
import dev.meshkore.hub.intent.Requirements;
import dev.meshkore.hub.intent.Understood;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// How an agent fits what a request asks for beside its subject. What an agent does not say is
/// neither for nor against it; what it says otherwise is against it.
final class Fit {
  private static final double MET = 0.12;
  private static final double MET_NICE = 0.04;
  private static final double FAILED = 0.6;
  private static final double MARKED = 0.6;
  private static final double HERE = 0.02;
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  private final Understood understood;
  private final Claims claims;
  private final Agent agent;
  private final boolean isOnline;
  private final Instant now;
  private final List<String> reasons = new ArrayList<>();
  private double filters;
  private int failedCount;

  private Fit(Understood understood, Claims claims, Agent agent, boolean isOnline, Instant now) {
    this.understood = understood;
    this.claims = claims;
    this.agent = agent;
    this.isOnline = isOnline;
    this.now = now;
  }

  /// Judges an agent.
  static Fit of(Understood understood, Claims claims, Agent agent, boolean isOnline, Instant now) {
    var fit = new Fit(understood, claims, agent, isOnline, now);
    fit.judge(understood.must(), MET);
    fit.judge(understood.nice(), MET_NICE);
    fit.judgeExclusions();
    fit.judgeTime();
    fit.judgeMarks();
    return fit;
  }

  /// Who gives orders to its readers comes after who gives none.
  private void judgeMarks() {
    List<String> marks = AgentJson.marks(agent);
    if (!marks.isEmpty()) {
      filters -= MARKED;
      reasons.add("is marked: " + String.join(", ", marks));
    }
  }

  /// What this adds to the score; below 0 where it cannot.
  double filters() {
    return filters;
  }

  /// What being here adds to the score.
  double liveness() {
    return isOnline && agent.status().equals("available") ? HERE : 0;
  }

  /// How many requirements it fails.
  int failedCount() {
    return failedCount;
  }

  /// Why, in the hub's own words.
  List<String> reasons() {
    return reasons;
  }

  private void judge(Requirements wanted, double gain) {
    for (LanguagePair pair : wanted.pairs()) {
      String what = name(pair.from()) + " to " + name(pair.to());
      boolean isMet = claims.translates(pair);
      judge(isMet, claims.saysLanguages(), gain, "works from " + what, "does not offer " + what);
    }
    for (String language : wanted.languages()) {
      boolean isMet = claims.languages().contains(language);
      judge(
          isMet,
          claims.saysLanguages(),
          gain,
          "works in " + name(language),
          "does not say that it works in " + name(language));
    }
    for (String one : wanted.certifications()) {
      boolean isMet =
          claims.certifications().contains(one)
              || (one.equals("certified") && !claims.certifications().isEmpty());
      judge(isMet, false, gain, "says it is " + one, "");
    }
    for (var place : wanted.places()) {
      boolean isMet = claims.places().contains(place.code());
      judge(isMet, false, gain, "works in " + place.name(), "");
    }
  }

  private void judge(boolean isMet, boolean isSaid, double gain, String good, String bad) {
    if (isMet) {
      filters += gain;
      reasons.add(good);
    } else if (isSaid && gain == MET) {
      fail(bad);
    }
  }

  private void fail(String why) {
    filters -= FAILED;
    failedCount++;
    reasons.add(why);
  }

  private void judgeExclusions() {
    Requirements not = understood.not();
    boolean isExcluded =
        not.pairs().stream().anyMatch(pair -> claims.pairs().contains(pairOf(pair)))
            || not.languages().stream().anyMatch(claims.languages()::contains)
            || not.certifications().stream().anyMatch(claims.certifications()::contains)
            || not.places().stream().anyMatch(place -> claims.places().contains(place.code()))
            || not.words().stream().anyMatch(this::says);
    if (isExcluded) {
      fail("has what was ruled out");
    }
  }

  private static String pairOf(LanguagePair pair) {
    return pair.from() + ">" + pair.to();
  }

  private boolean says(String words) {
    String all = agent.id() + " " + String.join(" ", agent.capabilities()) + " ";
    Pattern whole =
        Pattern.compile(
            "(?<![\\p{L}\\p{N}])" + Pattern.quote(words) + "(?![\\p{L}\\p{N}])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    return !words.isBlank() && whole.matcher(all + agent.description()).find();
  }

  private void judgeTime() {
    Deadline deadline = understood.deadline();
    Practice.Hours hours = claims.hours();
    if (deadline != null && hours != null) {
      Instant start = firstWork(hours, now);
      if (start.isBefore(deadline.at())) {
        filters += MET;
        reasons.add("can work before " + clock(deadline.at().atZone(deadline.zone())));
      } else {
        fail("begins work only at " + clock(start.atZone(deadline.zone())));
      }
    } else if (deadline != null && isOnline) {
      filters += MET_NICE;
      reasons.add("is online now");
    }
    if (understood.isNow()) {
      if (isOnline && agent.status().equals("available")) {
        filters += MET;
        reasons.add("is here now");
      } else {
        fail("is not here now");
      }
    }
  }

  private static String clock(ZonedDateTime time) {
    return CLOCK.format(time) + " (" + time.getZone().getId() + ")";
  }

  /// When it works next, now or later.
  private static Instant firstWork(Practice.Hours hours, Instant now) {
    ZonedDateTime here = now.atZone(hours.zone());
    ZonedDateTime from = here.with(hours.from());
    ZonedDateTime to = here.with(hours.to());
    boolean isOverMidnight = !hours.from().isBefore(hours.to());
    boolean isAtWork =
        isOverMidnight
            ? !here.isBefore(from) || here.isBefore(to)
            : !here.isBefore(from) && here.isBefore(to);
    if (isAtWork) {
      return now;
    }
    return (here.isBefore(from) ? from : from.plusDays(1)).toInstant();
  }

  private static String name(String language) {
    return Locale.forLanguageTag(language).getDisplayLanguage(Locale.ENGLISH);
  }
}
