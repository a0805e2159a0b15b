#!lua flags=allow-oom
-- Adds the entry of a list that waits to be drained. A hint: losing it costs time, never an event.
-- Allowed in a full Redis, which is emptied by draining.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  the list's key
-- ARGV[2]  microseconds: when the list was seen to hold events, by the clock of its server
--
-- {"ADDED"}
redis.call('XADD', KEYS[1], '*', 'key', ARGV[1], 'noticed_us', ARGV[2])
return {'ADDED'}
