package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.intent.Budget;
import dev.meshkore.hub.intent.Deadline;
import dev.meshkore.hub.intent.LanguagePair;
import dev.meshkore.hub.intent.Place;
import dev.meshkore.hub.intent.Requirements;
import dev.meshkore.hub.intent.Understood;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
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
  private final Supplier<Offered.Offer> offer;
  private final Agent agent;
  private final boolean isOnline;
  private final Instant now;
  private final List<String> reasons = new ArrayList<>();
  private double filters;
  private int failedCount;

  /// An agent at a time.
  ///
  /// @param isOnline whether it is online
  record Here(Agent agent, boolean isOnline, Instant now) {}

  private Fit(Understood understood, Claims claims, Supplier<Offered.Offer> offer, Here here) {
    this.understood = understood;
    this.claims = claims;
    this.offer = offer;
    this.agent = here.agent();
    this.isOnline = here.isOnline();
    this.now = here.now();
  }

  /// Judges an agent. What it offers is asked for only where the request has to do with that.
  ///
  /// @param marks what a scan found in what it says
  static Fit of(
      Understood understood,
      Claims claims,
      Supplier<Offered.Offer> offer,
      List<String> marks,
      Here here) {
    var fit = new Fit(understood, claims, offer, here);
    fit.judge(understood.must(), MET);
    fit.judge(understood.nice(), MET_NICE);
    fit.judgeExclusions();
    fit.judgeTime();
    fit.judgeBudget();
    fit.judgeLatency();
    fit.judgeMarks(marks);
    return fit;
  }

  /// Who gives orders to its readers comes after who gives none.
  private void judgeMarks(List<String> marks) {
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
      judge(claims.has(one), false, gain, "says it is " + one, "");
    }
    for (Place place : wanted.places()) {
      judge(
          claims.worksIn(place),
          claims.worksElsewhere(place),
          gain,
          "works in " + place.name(),
          "does not say that it works in " + place.name());
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
            || not.places().stream().anyMatch(claims::isWithin)
            || not.words().stream().anyMatch(this::says);
    if (isExcluded) {
      fail("has what was ruled out");
    }
  }

  private static String pairOf(LanguagePair pair) {
    return pair.from() + ">" + pair.to();
  }

  /// Whether it names these words, and does not say itself that it has nothing to do with them.
  private boolean says(String words) {
    if (words.isBlank()) {
      return false;
    }
    Pattern whole = whole(words);
    String named = agent.id() + " " + String.join(" ", agent.capabilities());
    String described = agent.description();
    for (String own : claims.ruledOut()) {
      described = whole(own).matcher(described).replaceAll(" ");
    }
    return whole.matcher(named).find() || whole.matcher(described).find();
  }

  private static Pattern whole(String words) {
    return Pattern.compile(
        "(?<![\\p{L}\\p{N}])" + Pattern.quote(words) + "(?![\\p{L}\\p{N}])",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /// A price in another asset, or for something else, is neither for nor against.
  private void judgeBudget() {
    Budget budget = understood.budget();
    if (budget == null) {
      return;
    }
    boolean isCompared = false;
    for (Offered.Ask ask : offer.get().asks()) {
      BigInteger atoms = BigInteger.valueOf(ask.atoms());
      if (budget.isComparable(atoms, ask.asset(), ask.unit())) {
        if (budget.allows(atoms, ask.decimals(), ask.asset())) {
          filters += MET;
          reasons.add("offers something within the budget");
          return;
        }
        isCompared = true;
      }
    }
    if (isCompared && offer.get().isWhole()) {
      fail("asks more than the budget");
    }
  }

  /// By what the hub has measured, never by what is promised.
  private void judgeLatency() {
    Duration most = understood.latencyMax();
    long measured = most == null ? 0 : offer.get().latencyMs();
    if (most == null || measured == 0) {
      return;
    }
    if (measured <= most.toMillis()) {
      filters += MET;
      reasons.add("was measured to answer in time");
    } else {
      fail("was measured to answer later than asked");
    }
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
