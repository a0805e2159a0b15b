#!lua flags=allow-oom
-- Adds the entries of lists that wait to be drained. A hint: losing one costs time, never an event.
-- Allowed in a full Redis, which is emptied by draining.
--
-- KEYS[1]  the stream of pending keys
-- ARGV[1]  microseconds: when the lists were seen to hold events, by the clock of their server
-- ARGV[2…] the lists' keys
--
-- {"ADDED"}
for list = 2, #ARGV do
    redis.call('XADD', KEYS[1], '*', 'key', ARGV[list], 'noticed_us', ARGV[1])
end
return {'ADDED'}
