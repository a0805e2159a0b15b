#!lua flags=allow-oom
-- Reads the id of this Redis store; gives it one when it has none, because it is new or forgot all.
--
-- KEYS[1]  the store's id
-- ARGV[1]  an id to give
--
-- {"STORE", id}
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return {'STORE', redis.call('GET', KEYS[1])}
