package io.logpipeline.event;

import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import java.util.Map;

/** Walks the JSON of a part of a body and says where it is when something is wrong. */
final class JsonCursor implements AutoCloseable {
    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private final BodyText text;
    private final BodyText.Part part;
    private final JsonParser parser;
    private boolean rootEnded;

    /** 0 outside an array of events; else the number of the current one, from 1. */
    private int element;

    JsonCursor(BodyText text, int start, int end) {
        this.text = text;
        this.part = text.part(start, end);
        this.parser = PARSERS.createParser(part);
    }

    JsonParser.Event next() throws RejectedBody {
        try {
            return parser.next();
        } catch (JsonParsingException e) {
            throw syntaxError(e);
        }
    }

    /** The text of the current name or string, unescaped; of a number, its very characters. */
    String string() {
        return parser.getString();
    }

    /** The root value has ended: accepts only whitespace behind it. */
    void end() throws RejectedBody {
        rootEnded = true;
        try {
            // Throws when there is a next token: a JSON text has one root.
            if (parser.hasNext()) {
                throw new IllegalStateException("the parser goes on behind the root value");
            }
        } catch (JsonParsingException e) {
            throw syntaxError(e);
        }
    }

    /** What is said from now on concerns this element of the batch, counted from 1; 0: no batch. */
    void element(int number) {
        element = number;
    }

    /** Just behind the current token, in the whole text. */
    int offset() {
        // Of a number at the end of its input the parser has read one character too many.
        return Math.min(part.end(), part.start() + (int) parser.getLocation().getStreamOffset());
    }

    RejectedBody rejected(String problem) {
        return rejected(offset(), problem);
    }

    RejectedBody rejected(int offset, String problem) {
        String inElement = element == 0 ? "" : "event " + element + ": ";
        return new RejectedBody(text.line(offset) + ": " + inElement + problem);
    }

    /** In our own words: the parser's list tokens that mean nothing to the client. */
    private RejectedBody syntaxError(JsonParsingException e) {
        int offset = part.start() + (int) e.getLocation().getStreamOffset();
        String problem;
        if (rootEnded) {
            problem = "unexpected text after the JSON value";
        } else if (part.askedBeyondEnd()) {
            offset = part.end();
            problem = "the JSON text ends too early";
        } else if (text.isControl(offset)) {
            problem = "unescaped control character";
        } else {
            problem = "unexpected character";
        }
        return new RejectedBody(text.lineAndColumn(offset) + ": " + problem);
    }

    @Override
    public void close() {
        parser.close();
    }
}
