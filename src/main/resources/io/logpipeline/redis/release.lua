#!lua flags=allow-oom
-- Gives a lock or lease back, if it is still the caller's.
--
-- KEYS[1]  the lock
-- ARGV[1]  the caller's token
--
-- {"RELEASED"}
-- {"NOT_HELD"}
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return {'RELEASED'}
end
return {'NOT_HELD'}
