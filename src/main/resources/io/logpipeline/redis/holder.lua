#!lua flags=no-writes
-- Reads whose a lease is, for those who look at the pipeline.
--
-- KEYS[1]  the lease
--
-- {"HOLDER", token}  empty when it is nobody's
return {'HOLDER', redis.call('GET', KEYS[1]) or ''}
