package io.logpipeline.redis;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import java.util.List;

/** What a command is made of that goes out in one write with others. */
final class Words {
    private Words() {}

    static CommandArgs<String, byte[]> none() {
        return new CommandArgs<>(WireCodec.INSTANCE);
    }

    static AsyncCommand<String, byte[], List<Object>> command(
            ProtocolKeyword type, CommandArgs<String, byte[]> words) {
        return command(type, new NestedMultiOutput<>(WireCodec.INSTANCE), words);
    }

    /**
     * @param output for an answer whose kind is known
     */
    static <T> AsyncCommand<String, byte[], T> command(
            ProtocolKeyword type,
            CommandOutput<String, byte[], T> output,
            CommandArgs<String, byte[]> words) {
        return new AsyncCommand<>(new Command<>(type, output, words));
    }
}
