package dev.meshkore.hub;

import dev.meshkore.hub.HubConfig.Setting;
import java.util.List;

/// Every setting of the hub, in the order of the documentation. What their values mean is read in
/// [HubConfig].
final class HubSettings {
  static final List<Setting> ALL =
      List.of(
          new Setting("host", "127.0.0.1", "The address to listen on."),
          new Setting("port", "4770", "The port to listen on; 0 takes any free one."),
          new Setting("data", "./data", "The folder that holds all the hub keeps."),
          new Setting(
              "database",
              "",
              "postgresql://user:password@host:port/name; without it, a file in the data folder."),
          new Setting("public-url", "", "How agents reach the hub, if not by host and port."),
          new Setting(
              "open",
              "false",
              "Whether an unknown id may register with the key it brings; loopback only."),
          new Setting("open-anywhere", "false", "Allow `open` on other addresses than loopback."),
          new Setting(
              "open-joins-per-hour",
              "1000",
              "Ids that may register in an hour from one address, or one /48 of IPv6, where the hub"
                  + " is open; 0 for no limit."),
          new Setting("rate-per-minute", "60", "Messages a minute for each agent; 0 for no limit."),
          new Setting("payload-bytes-max", "262144", "The largest payload of a message."),
          new Setting("unread-max", "100000", "The most unread messages an inbox may hold."),
          new Setting("channel-members-max", "10000", "The most members a channel may have."),
          new Setting(
              "open-max",
              "64",
              "The most waiting polls and calls, live sessions and streams that one agent may hold"
                  + " open; 0 for no limit."),
          new Setting(
              "task-days",
              "30",
              "Days after which A2A tasks that have ended are deleted; 0 for never. Their messages"
                  + " stay."),
          new Setting("agent-invites", "false", "Whether agents may invite others."),
          new Setting(
              "outbound-private",
              "false",
              "Whether the hub calls private networks and itself when agents name such addresses."),
          new Setting(
              "pair-rate-per-minute",
              "0",
              "Messages a minute from one agent to another, or in one channel; 0 for no limit."),
          new Setting(
              "breaker-turns",
              "0",
              "Answers within a second, in a minute, at which two agents are stopped. Of all"
                  + " breakers: 0 follows from the rate limit, -1 is off."),
          new Setting(
              "breaker-repeats",
              "0",
              "Equal messages of an agent to one place in a minute at which it is stopped."),
          new Setting(
              "breaker-recipients",
              "0",
              "Agents that one writes to for the first time in a minute at which it is stopped."),
          new Setting(
              "breaker-refusals",
              "0",
              "Refused messages in a minute, four of five, at which an agent is stopped."),
          new Setting("breaker-depth", "0", "Agents in a row by whom a thread may be handed on."),
          new Setting("breaker-breadth", "0", "Agents to whom a thread may be handed on in all."),
          new Setting(
              "breaker-owner-messages",
              "0",
              "Messages in a minute at which all agents of an owner are stopped; 0 for never."),
          new Setting(
              "breaker-hub-messages",
              "0",
              "Messages in a minute at which all agents are stopped; 0 for never."),
          new Setting(
              "breaker-hub-refusals",
              "0",
              "Refused messages of all, four of five, at which all are stopped; 0 for never."),
          new Setting(
              "breaker-payments",
              "0",
              "Payments of an agent in a minute; one more, and it pays nothing for a while."),
          new Setting(
              "breaker-spike",
              "0",
              "How many times the median of its payments before an agent may pay at once; it counts"
                  + " where twenty payments are among the last 4,000 movements out of its account,"
                  + " fees of calls that it answers among them."),
          new Setting(
              "approvals-kept-days", "90", "Days for which approvals are kept once decided."),
          new Setting(
              "dns-servers",
              "",
              "Name servers, as host:port, host:port, that are asked when an agent shows that a"
                  + " domain is its own; without it, the machine's."),
          new Setting(
              "search",
              "true",
              "Whether messages can be found by their words; the index is in the data folder."),
          new Setting(
              "meaning",
              "true",
              "Whether agents and services are found by meaning; without it, by words alone."),
          new Setting(
              "embeddings-url",
              "",
              "An OpenAI-compatible API whose /v1/embeddings makes the vectors of meanings, such as"
                  + " http://127.0.0.1:8080; without it, the model that the hub brings."),
          new Setting("embeddings-model", "", "The model that is asked for there."),
          new Setting(
              "embeddings-key", "", "The key of that API; better as a variable than as an option."),
          new Setting("embeddings-key-file", "", "A file whose first line is that key."),
          new Setting(
              "interpreter-url",
              "",
              "An OpenAI-compatible API whose /v1/chat/completions reads requests in plain words,"
                  + " on this machine too; without it, rules read them."),
          new Setting("interpreter-model", "", "The model that is asked for there."),
          new Setting(
              "interpreter-key",
              "",
              "The key of that API; better as a variable than as an option."),
          new Setting("interpreter-key-file", "", "A file that holds that key."),
          new Setting(
              "interpreter-ms",
              "2000",
              "Milliseconds that the model has for a request before rules read it."),
          new Setting(
              "witnesses",
              "",
              "Witnesses that are asked to sign each head of the audit log, as VKEY URL, VKEY URL;"
                  + " of a hub, what GET /witness/key answers and its address with /witness."),
          new Setting(
              "witness-logs",
              "",
              "Keys of the logs that this hub witnesses, as VKEY, VKEY; of a hub, /audit/key."),
          new Setting(
              "x402-chain",
              "84532",
              "The chain's number in payments that are signed for the hub's own ledger; nothing of"
                  + " them goes to that chain. 84532 is Base Sepolia, which foreign clients know."),
          new Setting(
              "escrow-above",
              "10",
              "Credits above which a job must have escrow; up to it a client may do without."),
          new Setting(
              "transaction-fee-bps",
              "300",
              "What is taken of what a provider is paid for a job, or a seller for a call, in"
                  + " hundredths of a percent: 200 to 500."),
          new Setting("escrow-fee-bps", "50", "The same besides, for jobs with escrow: 0 to 500."),
          new Setting(
              "evm-rpc",
              "",
              "A node's JSON-RPC address; with it, payments by x402 settle on its chain. It may"
                  + " hold a key: better as a variable than as an option."),
          new Setting("evm-chain", "base-sepolia", "base, base-sepolia, or a chain's number."),
          new Setting(
              "evm-token",
              "",
              "The contract of the token; without it, Circle's USDC of the chain."),
          new Setting("evm-token-name", "", "The token's name, as wallets sign it."),
          new Setting("evm-token-version", "", "The token's version, as wallets sign it."),
          new Setting(
              "evm-key-file",
              "",
              "A file with the key that pays for gas; without it, evm.key in the data folder, which"
                  + " the hub makes."),
          new Setting(
              "evm-confirmations",
              "3",
              "How many blocks deep a payment must be until it is final, its own among them."),
          new Setting(
              "evm-stuck-seconds",
              "30",
              "Seconds after which a transaction that is next is sent again with higher fees."),
          new Setting(
              "evm-fee-max-gwei", "5", "The most that is given for a unit of gas, in gwei."),
          new Setting(
              "evm-least-atoms",
              "1000",
              "The fewest atoms of the token that are settled, since each payment takes gas; 1000"
                  + " are 0.001 dollars."),
          new Setting(
              "evm-per-hour",
              "1000",
              "Transactions in an hour that the hub pays the gas of, one or two for a payment; more"
                  + " are refused."),
          new Setting(
              "evm-escrow",
              "0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003",
              "The escrow contract of x402's vouchers (batch-settlement) on that chain."),
          new Setting(
              "evm-deposit-collector",
              "0x4020806089470a89826cB9fB1f4059150b550004",
              "The contract that takes deposits for it by signed authorizations (EIP-3009)."),
          new Setting(
              "evm-job-escrow",
              "0xBdEA0D1bcC5966192B070Fdf62aB4EF5b4420cff",
              "The escrow contract of jobs that are paid on that chain (auth-capture, v1.0)."),
          new Setting(
              "evm-payment-collector",
              "0x0E3dF9510de65469C4518D7843919c0b8C7A7757",
              "The contract that takes payments for it by signed authorizations (EIP-3009)."),
          new Setting(
              "evm-fee-receiver",
              "",
              "The address that gets the fees of such jobs; without it, that of the key that pays"
                  + " for gas."),
          new Setting(
              "evm-wait-seconds", "30", "Seconds that a caller waits for a payment to be final."),
          new Setting(
              "github-api",
              "https://api.github.com",
              "Where GitHub is asked whose a gist is, when an agent shows that an account is its"
                  + " own."),
          new Setting(
              "probe-port",
              "0",
              "A port of its own for /health, /ready and /metrics; 0 takes the main port."),
          new Setting(
              "sqlite-synchronous",
              "FULL",
              "SQLite's synchronous setting. OFF loses messages in a power cut; it is for tests."));

  private HubSettings() {}
}
