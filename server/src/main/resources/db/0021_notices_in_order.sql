-- The newest notice that waits for an agent is looked for with each new one.
DROP INDEX market_notice_by_agent;
CREATE INDEX market_notice_of_agent ON market_notice (agent, number);
