-- Whose request it was, an owner's or an agent's, and whether nothing is known of who asked: nobody
-- is to learn much from one buyer, nor from strangers. Nothing had been learned before.
DROP TABLE learned;
CREATE TABLE learned (
  agent BIGINT NOT NULL REFERENCES agent (number),
  request TEXT NOT NULL,
  buyer TEXT NOT NULL,
  is_stranger BIGINT NOT NULL,
  learned_at BIGINT NOT NULL,
  PRIMARY KEY (agent, request)
);

-- Services that end by the clock.
CREATE INDEX market_service_ending ON market_service (expires_at)
  WHERE state = 'listed' AND expires_at IS NOT NULL;
