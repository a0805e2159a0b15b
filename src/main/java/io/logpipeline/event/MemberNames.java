package io.logpipeline.event;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The member names seen in each open object, to refuse a second one. */
final class MemberNames {
    /** A larger set is dropped rather than cleared: clearing costs what its largest object cost. */
    private static final int KEPT_NAMES_MAX = 64;

    private final List<Set<String>> levels = new ArrayList<>();

    /** Opens an object at a depth, counted from 1. Depths are opened one by one. */
    void open(int depth) {
        while (levels.size() < depth) {
            levels.add(new HashSet<>());
        }
        Set<String> names = levels.get(depth - 1);
        if (names.size() > KEPT_NAMES_MAX) {
            levels.set(depth - 1, new HashSet<>());
        } else {
            names.clear();
        }
    }

    /** Whether the name is new in the object open at a depth. */
    boolean add(int depth, String name) {
        return levels.get(depth - 1).add(name);
    }
}
