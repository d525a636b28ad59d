package dev.meshkore.hub.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.intent.Asked;
import dev.meshkore.hub.intent.PlainInterpreter;
import dev.meshkore.hub.intent.Understood;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How what agents claim and offer is judged by what requests ask for.
final class FitTest {
  private static final Instant NOW = Instant.parse("2026-11-20T09:00:00Z");

  @TempDir private Path folder;

  private final PlainInterpreter interpreter = new PlainInterpreter();
  private final ClaimReader claims = new ClaimReader(interpreter);
  private Village village;
  private int count;

  @BeforeEach
  void open() {
    village = new Village(folder);
  }

  @AfterEach
  void close() {
    village.close();
  }

  private Agent agent(String description, String practice) {
    byte[] said = practice.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Profile profile =
        Profile.of(description, List.of()).with(Practice.NONE.with(Fields.read(said)));
    String id = "agent-" + count++;
    long number =
        village.database.write(transaction ->
            village.agents.create(
                transaction, new AgentId(id), ApiKeyHash.ofMade(id), profile, NOW));
    return village.agents.get(number);
  }

  private Fit judged(String request, Agent agent, Offered.Offer offer) {
    Understood understood = interpreter.read(new Asked(request, null, NOW));
    return Fit.of(
        understood, claims.of(agent), () -> offer, List.of(), new Fit.Here(agent, false, NOW));
  }

  private Fit judged(String request, String description, String practice) {
    return judged(request, agent(description, practice), Offered.Offer.NONE);
  }

  private Fit asked(String request, Offered.Ask... asks) {
    var offer = new Offered.Offer(List.of(), List.of(), List.of(asks), true, 0);
    return judged(request, agent("Translates.", "{}"), offer);
  }

  private static Offered.Ask eur(long cents, String unit) {
    return new Offered.Ask("EUR", 2, cents, unit);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "translate a letter, at most 10 EUR per page|1000|page|met",
        "translate a letter, at most 10 EUR per page|1001|page|failed",
        "translate a letter, at most 10 EUR per page|1|word|unknown",
        "translate a letter, at most 10 EUR per page|900|job|unknown",
        "translate a letter for at most 10 EUR|1000|job|met",
        "translate a letter for at most 10 EUR|1001|job|failed",
        "translate a letter for at most 10 EUR|5000|page|unknown",
        "translate a letter for at most 10 USD|9000|job|unknown",
        "translate a letter for at most 10 USD|0|call|met"
      })
  void aPriceCountsWhereItCanBeComparedExactly(
      String request, long cents, String unit, String verdict) {
    Fit fit = asked(request, eur(cents, unit));
    double nothing = asked(request).filters();
    switch (verdict) {
      case "met" -> assertThat(fit.filters()).isGreaterThan(nothing);
      case "failed" -> assertThat(fit.filters()).isLessThan(nothing);
      default -> assertThat(fit.filters()).isEqualTo(nothing);
    }
    assertThat(fit.failedCount()).isEqualTo(verdict.equals("failed") ? 1 : 0);
  }

  @Test
  void oneOfferWithinTheBudgetIsEnoughAndUnknownOnesAreNotAgainst() {
    String request = "translate a letter for at most 10 EUR";
    assertThat(asked(request, eur(5_000, "job"), eur(900, "job")).filters()).isPositive();
    var some = new Offered.Offer(List.of(), List.of(), List.of(eur(5_000, "job")), false, 0);
    assertThat(judged(request, agent("Translates.", "{}"), some).failedCount()).isZero();
    Offered.Ask sats = new Offered.Ask("SAT", 0, 900, "job");
    assertThat(asked("a haiku for at most 1000 sats", sats).filters()).isPositive();
    assertThat(asked("a haiku for at most 800 sats", sats).failedCount()).isEqualTo(1);
  }

  @Test
  void howFastItAnswersCountsAsItWasMeasured() {
    String request = "check my spelling, answer within 2 seconds";
    Agent agent = agent("Checks spelling.", "{}");
    assertThat(judged(request, agent, ofLatency(2_000)).filters()).isPositive();
    assertThat(judged(request, agent, ofLatency(2_001)).failedCount()).isEqualTo(1);
    assertThat(judged(request, agent, ofLatency(0)).filters()).isZero();
  }

  private static Offered.Offer ofLatency(long ms) {
    return new Offered.Offer(List.of(), List.of(), List.of(), true, ms);
  }

  @Test
  void certifiedIsWhatAPersonIsGranted() {
    String request = "I need a certified translator";
    for (String person : List.of("certified", "sworn", "licensed", "accredited", "notarized")) {
      assertThat(judged(request, "Translates.", "{'certifications':['" + person + "']}").filters())
          .as(person)
          .isPositive();
    }
    for (String other : List.of("gdpr", "hipaa", "iso-27001", "soc-2")) {
      assertThat(judged(request, "Translates.", "{'certifications':['" + other + "']}").filters())
          .as(other)
          .isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a lawyer in Spain|['ES']|met",
        "a lawyer in Spain|['EU']|met",
        "a lawyer in Spain|['LATAM','EUROPE']|met",
        "a lawyer in Spain|['FR']|failed",
        "a lawyer in Spain|['NOWHERE']|unknown",
        "a lawyer in Spain|[]|unknown",
        "a lawyer in California|['US']|met",
        "a lawyer in California|['US-CA']|met",
        "a lawyer in California|['US-TX']|failed",
        "a lawyer in the United States|['US-CA']|met",
        "a lawyer in the European Union|['DE']|met",
        "a lawyer in the European Union|['US']|failed"
      })
  void placesLieInOthers(String request, String regions, String verdict) {
    Fit fit = judged(request, "Law firm.", "{'regions':" + regions + "}");
    int failed = verdict.equals("failed") ? 1 : 0;
    assertThat(fit.failedCount()).as(fit.reasons().toString()).isEqualTo(failed);
    if (failed == 0) {
      assertThat(fit.filters() > 0).isEqualTo(verdict.equals("met"));
    }
  }

  @Test
  void whoDoesNotDoWhatIsRuledOutIsNotFailedForNamingIt() {
    String request = "an accountant for my taxes, no crypto";
    assertThat(interpreter.read(new Asked(request, null, NOW)).not().words()).contains("crypto");
    assertThat(judged(request, "Files taxes. No crypto.", "{}").failedCount()).isZero();
    assertThat(judged(request, "Files taxes and crypto reports.", "{}").failedCount()).isEqualTo(1);
    assertThat(judged(request, "Crypto taxes. No crypto scams.", "{}").failedCount()).isEqualTo(1);
  }
}
