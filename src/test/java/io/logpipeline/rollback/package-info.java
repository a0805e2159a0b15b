/**
 * Redis falls back: it restarts from any prefix of its append-only file, or a replica that lags
 * becomes the master while the old one lives on; the files are ahead of it. And the network between
 * it and the processes breaks.
 */
package io.logpipeline.rollback;
