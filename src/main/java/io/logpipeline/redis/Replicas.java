package io.logpipeline.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Who drains and what each holds, for those who look at the pipeline. Nothing is decided by it. */
public final class Replicas {
    /**
     * One consumer, of the groups of all streams.
     *
     * @param held entries that it took and has not ended
     * @param idle since it last took, renewed or looked for entries
     */
    public record Member(String name, long held, Duration idle) {
        /** The same one in another stream. */
        private Member and(Member other) {
            Duration shorter = idle.compareTo(other.idle) < 0 ? idle : other.idle;
            return new Member(name, held + other.held, shorter);
        }
    }

    /**
     * The groups together at one moment.
     *
     * @param sweeper the process that sweeps; empty when none does
     * @param untaken entries that no consumer has
     * @param ended entries ended since the streams began
     * @param count how many consumers there are: more than are named, when they are very many
     * @param members those that hold most first
     */
    public record Group(
            Optional<String> sweeper, long untaken, long ended, long count, List<Member> members) {
        static final Group NONE = new Group(Optional.empty(), 0, 0, 0, List.of());
    }

    private static final int NAMED_MAX = 50;
    private static final int FIRST_MEMBER = 4;
    private static final Comparator<Member> MOST_FIRST =
            Comparator.comparingLong(Member::held).reversed().thenComparing(Member::name);

    private final RedisCalls calls;
    private final PendingStreams streams;

    public Replicas(RedisCalls calls, PendingStreams streams) {
        this.calls = calls;
        this.streams = streams;
    }

    /**
     * Asks, without waiting; ends with a {@link RedisFailure} when Redis does not answer. What one
     * of its masters has, and does not tell where others do, is left out.
     */
    public CompletionStage<Group> look() {
        CompletionStage<String> sweeper =
                calls.run(Script.HOLDER, List.of(RedisKeys.SWEEPER), List.of())
                        .thenApply(Replicas::sweeper)
                        .exceptionally(untold -> "");
        List<CompletableFuture<Reply>> asked =
                streams.read().stream()
                        .map(stream -> stream.replicas(NAMED_MAX).toCompletableFuture())
                        .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .handle((all, failure) -> answered(asked))
                .thenCombine(sweeper, Replicas::group);
    }

    private static List<Reply> answered(List<CompletableFuture<Reply>> asked) {
        List<Reply> replies =
                asked.stream()
                        .filter(each -> !each.isCompletedExceptionally())
                        .map(CompletableFuture::join)
                        .toList();
        return replies.isEmpty() ? List.of(asked.getFirst().join()) : replies;
    }

    private static Group group(List<Reply> replies, String sweeper) {
        long untaken = 0;
        long ended = 0;
        long count = 0;
        Map<String, Member> members = new HashMap<>();
        boolean exists = false;
        for (Reply reply : replies) {
            switch (reply.word()) {
                case "NONE" -> {}
                case "REPLICAS" -> {
                    exists = true;
                    untaken += reply.number(1);
                    ended += reply.number(2);
                    count = Math.max(count, reply.number(3));
                    members(reply)
                            .forEach(member -> members.merge(member.name(), member, Member::and));
                }
                default -> throw reply.unknown(Script.REPLICAS);
            }
        }
        if (!exists) {
            return Group.NONE;
        }
        return new Group(
                sweeper.isEmpty() ? Optional.empty() : Optional.of(sweeper),
                untaken,
                ended,
                Math.max(count, members.size()),
                members.values().stream().sorted(MOST_FIRST).limit(NAMED_MAX).toList());
    }

    private static List<Member> members(Reply reply) {
        List<Member> members = new ArrayList<>();
        for (int i = FIRST_MEMBER; i < reply.size(); i += 3) {
            members.add(
                    new Member(
                            reply.text(i),
                            reply.number(i + 1),
                            Duration.ofMillis(reply.number(i + 2))));
        }
        return members;
    }

    private static String sweeper(Reply holder) {
        if (!holder.word().equals("HOLDER")) {
            throw holder.unknown(Script.HOLDER);
        }
        return holder.text(1);
    }
}
