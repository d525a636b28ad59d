-- Calls of services as the market saw them: how long sellers took, and what became of them. Calls
-- between agents of one owner, and of those who have no agent here, are not in it, and of one buyer
-- and service no more than the newest ten. `call` is the number of the paid call; `buyer` the owner of
-- the agent that has called, and '' for all that have none; `ended` is waiting, answered, declined or
-- unmeasured.
CREATE TABLE market_call (
  call BIGINT PRIMARY KEY,
  service_id TEXT NOT NULL,
  seller BIGINT NOT NULL,
  buyer TEXT NOT NULL,
  ended TEXT NOT NULL,
  waited_ms BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX market_call_of_service ON market_call (service_id, call);
CREATE INDEX market_call_of_buyer ON market_call (service_id, buyer, call);
CREATE INDEX market_call_of_seller ON market_call (seller, call);
CREATE INDEX market_call_by_time ON market_call (made_at);

-- When sellers were online: one bit for each look, 64 looks in a part. The seller 0 is the hub, which
-- has looked.
CREATE TABLE market_online (
  seller BIGINT NOT NULL,
  part BIGINT NOT NULL,
  looks BIGINT NOT NULL,
  PRIMARY KEY (seller, part)
);
CREATE INDEX market_online_by_part ON market_online (part);
