-- Calls of live services that wait for their sellers: each takes a place of those that its seller works
-- on at once, until it is answered or declined, or its time has passed.
CREATE TABLE market_live_call (
  call BIGINT PRIMARY KEY,
  service BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX market_live_call_of_service ON market_live_call (service);
CREATE INDEX market_live_call_by_time ON market_live_call (expires_at);
