package io.logpipeline.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A script's answer: a word, and values of the kinds that its Lua file says. */
public record Reply(List<Object> values) {
    String word() {
        return text(0);
    }

    int size() {
        return values.size();
    }

    String text(int index) {
        return new String(bytes(index), StandardCharsets.ISO_8859_1);
    }

    boolean isNumber(int index) {
        return values.get(index) instanceof Long;
    }

    long number(int index) {
        return values.get(index) instanceof Long number ? number : Long.parseLong(text(index));
    }

    byte[] bytes(int index) {
        if (values.get(index) instanceof byte[] bytes) {
            return bytes;
        }
        throw new IllegalStateException("not a string: " + values.get(index));
    }

    List<byte[]> bytesFrom(int index) {
        List<byte[]> rest = new ArrayList<>(size() - index);
        for (int i = index; i < size(); i++) {
            rest.add(bytes(i));
        }
        return rest;
    }

    IllegalStateException unknown(Script script) {
        return new IllegalStateException("script " + script + " answered " + word());
    }
}
