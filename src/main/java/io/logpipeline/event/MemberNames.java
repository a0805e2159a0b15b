package io.logpipeline.event;

import java.util.ArrayList;
import java.util.List;

/**
 * The member names of each open object, to refuse a second one: as offsets into the line, where
 * every name is already written.
 */
final class MemberNames {
    private final LineWriter line;
    private final List<ObjectNames> levels = new ArrayList<>();

    MemberNames(LineWriter line) {
        this.line = line;
    }

    /** Opens an object at a depth, counted from 1. Arrays count too. */
    void open(int depth) {
        while (levels.size() < depth) {
            levels.add(new ObjectNames());
        }
    }

    /** The object at a depth has ended: forgets its names. */
    void close(int depth) {
        levels.get(depth - 1).clear();
    }

    /**
     * Whether the name written last is new in the object open at a depth.
     *
     * @param start of the name in the line, at its first quote
     */
    boolean add(int depth, int start) {
        return levels.get(depth - 1).add(line.bytes(), start + 1, line.size() - 1);
    }
}
