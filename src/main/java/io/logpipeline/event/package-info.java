/**
 * What an event is: the parser that accepts or rejects a body, the stored line, and the user and
 * day that name both its Redis key and its file. May import only the JDK and jakarta.json.
 */
@NullMarked
package io.logpipeline.event;

import org.jspecify.annotations.NullMarked;
