/**
 * Who may post, and how much: bearer tokens, the certificates of the listener, rate limits. Reads
 * the files that say so, and reads them again when they change. Imports none of the other rooms.
 */
@NullMarked
package io.logpipeline.access;

import org.jspecify.annotations.NullMarked;
