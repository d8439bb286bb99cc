package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.withoutTensor;
import static org.accrete.testkit.StoreFixtures.testState;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.testkit.MemoryStore.Contents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of stores fails for a store that breaks it. */
class StoreLawsTest {
    /** Opens the store that the suite tests now. */
    private static Function<Contents, ModelStore> subject;

    static class Suite implements StoreContract {
        private final Contents contents = new Contents();

        @Override
        public ModelStore open() {
            return subject.apply(contents);
        }

        @Override
        public boolean damage(ModelVersion version) {
            contents.damage(version);
            return true;
        }
    }

    private static Mutant<Function<Contents, ModelStore>> breaks(String law, Function<Contents, ModelStore> open) {
        return new Mutant<>(law, open);
    }

    /** A store that changes the states that it keeps. */
    private static Mutant<Function<Contents, ModelStore>> loses(String law, Function<State, State> kept) {
        return breaks(law, contents -> new MemoryStore(contents) {
            @Override
            State kept(State state) {
                return kept.apply(state);
            }
        });
    }

    private static State changed(State state, String name, Function<Tensor, Tensor> change) {
        return state.tensors().containsKey(name)
                ? MemoryStore.changed(state, name, change.apply(state.tensor(name)))
                : state;
    }

    private static State withText(State state, String name, String value) {
        State.Builder builder = State.builder();
        state.tensors().forEach(builder::tensor);
        state.texts().forEach((other, text) -> builder.text(other, other.equals(name) ? value : text));
        return builder.build();
    }

    static List<Mutant<Function<Contents, ModelStore>>> stores() {
        List<Mutant<Function<Contents, ModelStore>>> all = new ArrayList<>();
        all.add(breaks("removedModelIsGone", contents -> new MemoryStore(contents) {
            @Override
            void forget(String model) {
                contents.histories.clear();
            }
        }));
        all.add(breaks("removedModelIsGone", contents -> new MemoryStore(contents) {
            @Override
            void forget(String model) {}
        }));
        all.add(breaks("modelBeingWrittenIsNotRemoved", contents -> new MemoryStore(contents) {
            @Override
            void requireUnlocked(String model) {}
        }));
        all.add(breaks("newStoreIsEmpty", contents -> new MemoryStore(contents) {
            @Override
            public List<String> models() {
                return List.of("lost+found");
            }
        }));
        // Replaces every NaN by the canonical one, as a text form of numbers does.
        all.add(loses(
                "tensorsRoundTripBitForBit",
                state -> changed(
                        state,
                        "coef",
                        tensor -> Tensor.of(
                                Arrays.stream(tensor.doubles())
                                        .map(x -> Double.isNaN(x) ? Double.NaN : x)
                                        .toArray(),
                                tensor.shape()))));
        all.add(loses(
                "tensorsRoundTripBitForBit",
                state -> changed(state, "small", tensor -> Tensor.of(tensor.doubles(), tensor.shape()))));
        all.add(loses(
                "tensorsRoundTripBitForBit",
                state -> changed(state, "counts", tensor -> Tensor.of(tensor.longs(), tensor.size()))));
        all.add(loses("emptyTensorsRoundTrip", state -> withoutTensor(state, "none")));
        all.add(loses("emptyTensorsRoundTrip", state -> changed(state, "no-rows", tensor -> Tensor.of(new double[0]))));
        all.add(loses(
                "textsRoundTrip",
                state -> state.texts().containsKey("lines")
                        ? withText(state, "lines", state.text("lines").replace("\r\n", "\n"))
                        : state));
        all.add(loses(
                "textsRoundTrip",
                state -> state.texts().containsKey("beyond")
                        ? withText(state, "beyond", state.text("beyond").replaceAll("[^\\x00-\\xff]", "?"))
                        : state));
        all.add(loses(
                "largeTensorsRoundTrip",
                state -> changed(state, "a", tensor -> {
                    double[] numbers = tensor.doubles();
                    // Does not write the last block.
                    Arrays.fill(numbers, numbers.length / 8192 * 8192, numbers.length, 0);
                    return Tensor.of(numbers, tensor.shape());
                })));
        all.add(breaks("versionMetadataRoundTrips", contents -> new MemoryStore(contents) {
            @Override
            public History history(String model) {
                History history = super.history(model);
                List<ModelVersion> versions = history.versions().stream()
                        .map(v -> new ModelVersion(
                                v.model(),
                                v.number(),
                                v.created(),
                                new ModelVersion.Note(
                                        v.note().parent(),
                                        v.note().learner(),
                                        v.note().rowsSeen(),
                                        Map.of("log_loss", 0.3)),
                                v.length(),
                                v.sha256()))
                        .toList();
                return new History(model, versions, history.aliases(), history.moves());
            }
        }));
        all.add(breaks("whatIsSaidIsKept", contents -> new MemoryStore(contents) {
            @Override
            public void tag(String model, String alias, long number, History.Reason reason) {
                super.tag(model, alias, number, History.Reason.NONE);
            }
        }));
        all.add(breaks("whatIsSaidIsKept", contents -> new MemoryStore(contents) {
            @Override
            public long revision(String model) {
                return history(model).versions().size(); // Does not see moves.
            }
        }));
        all.add(breaks("refusedVersionIsNotLive", contents -> new MemoryStore(contents) {
            @Override
            boolean movesLive(History before, ModelVersion version) {
                return before.live().isEmpty()
                        || before.live()
                                .map(ModelVersion::reference)
                                .equals(version.note().parent());
            }
        }));
        all.add(breaks("reopenedStoreIsUnchanged", contents -> {
            // Keeps aliases only while the store is open.
            contents.histories.replaceAll(
                    (model, history) -> new History(model, history.versions(), new TreeMap<>(), history.moves()));
            return new MemoryStore(contents);
        }));
        all.add(breaks("laterVersionsDoNotChangeEarlierOnes", contents -> new MemoryStore(contents) {
            @Override
            State kept(State state) {
                // Overwrites all stored states.
                contents.states.replaceAll((reference, old) -> state);
                return super.kept(state);
            }
        }));
        all.add(breaks("laterVersionsDoNotChangeEarlierOnes", contents -> new MemoryStore(contents) {
            @Override
            public History history(String model) {
                History history = super.history(model);
                List<ModelVersion> last = history.versions()
                        .subList(
                                Math.max(0, history.versions().size() - 2),
                                history.versions().size());
                return new History(model, last, history.aliases(), history.moves());
            }
        }));
        all.add(breaks("modelsAreIndependent", contents -> new MemoryStore(contents) {
            @Override
            public List<String> models() {
                List<String> models = new ArrayList<>(super.models());
                Collections.reverse(models);
                return models;
            }
        }));
        all.add(breaks("modelsAreIndependent", contents -> new MemoryStore(contents) {
            @Override
            public State load(ModelVersion version) {
                ModelVersion other = new ModelVersion(
                        "a.2", version.number(), version.created(), version.note(), version.length(), version.sha256());
                return version.model().equals("a") ? contents.states.get(other.reference()) : super.load(version);
            }
        }));
        all.add(breaks("numbersAreNeverReused", contents -> new MemoryStore(contents) {
            @Override
            long number(History history) {
                // Counts from the live version instead of the newest.
                return history.live().map(ModelVersion::number).orElse(0L) + 1;
            }
        }));
        for (String law : List.of("liveFollowsItsChildren", "staleParentDoesNotMoveLive")) {
            all.add(breaks(law, contents -> new MemoryStore(contents) {
                @Override
                boolean movesLive(History before, ModelVersion version) {
                    return before.versions().isEmpty();
                }
            }));
        }
        for (String law : List.of("staleParentDoesNotMoveLive", "childOfAnotherModelDoesNotMoveLive")) {
            all.add(breaks(law, contents -> new MemoryStore(contents) {
                @Override
                boolean movesLive(History before, ModelVersion version) {
                    return true;
                }
            }));
        }
        all.add(breaks("versionWithoutParentFollowsTheNewest", contents -> new MemoryStore(contents) {
            @Override
            Optional<String> defaultParent(History history) {
                return Optional.empty();
            }
        }));
        all.add(breaks("versionWithoutParentFollowsTheNewest", contents -> new MemoryStore(contents) {
            @Override
            Optional<String> defaultParent(History history) {
                return history.live().map(ModelVersion::reference);
            }
        }));
        all.add(breaks("unknownParentIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkParent(History history, Optional<String> parent) {}
        }));
        all.add(breaks("aliasesMove", contents -> new MemoryStore(contents) {
            @Override
            void keep(History history) {
                // Keeps the last move only.
                int moves = history.moves().size();
                super.keep(new History(
                        history.model(),
                        history.versions(),
                        history.aliases(),
                        history.moves().subList(Math.max(0, moves - 1), moves)));
            }
        }));
        all.add(breaks("invalidAliasIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkAlias(String alias) {
                if (!alias.matches("[a-z0-9-]+") || alias.equals(History.LATEST)) {
                    throw AccreteException.badArgument("'" + alias + "' cannot be an alias");
                }
            }
        }));
        all.add(breaks("invalidAliasIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkAlias(String alias) {
                if (!alias.matches("[a-z][a-z0-9-]*")) {
                    throw AccreteException.badArgument("'" + alias + "' cannot be an alias");
                }
            }
        }));
        all.add(breaks("secondWriterIsRefused", contents -> new MemoryStore(contents) {
            @Override
            public ModelWriter writer(String model) {
                release(model);
                return super.writer(model);
            }
        }));
        all.add(breaks("secondWriterIsRefused", contents -> new MemoryStore(contents) {
            @Override
            boolean checksClosed() {
                return false;
            }
        }));
        all.add(breaks("closedWriterRefusesToAppend", contents -> new MemoryStore(contents) {
            @Override
            boolean checksClosed() {
                return false;
            }
        }));
        all.add(breaks("unusedWriterLeavesNoTrace", contents -> new MemoryStore(contents) {
            @Override
            public ModelWriter writer(String model) {
                keep(history(model));
                return super.writer(model);
            }
        }));
        for (String law : List.of("readersSeeEachVersionWhileTheWriterIsOpen", "readersNeverSeeAPartialVersion")) {
            all.add(breaks(law, contents -> new MemoryStore(contents) {
                private boolean writes;

                @Override
                public ModelWriter writer(String model) {
                    writes = true;
                    return super.writer(model);
                }

                @Override
                public History history(String model) {
                    if (!writes && contents.locked.contains(model)) {
                        throw AccreteException.badState("the model is being written");
                    }
                    return super.history(model);
                }
            }));
        }
        all.add(breaks("readersNeverSeeAPartialVersion", contents -> new MemoryStore(contents) {
            @Override
            public State load(ModelVersion version) {
                // Lists a version before its state is complete.
                return contents.locked.contains(version.model()) ? testState(0) : super.load(version);
            }
        }));
        all.add(breaks("invalidNameIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkName(String model) {
                if (model.contains("/") || model.isBlank()) {
                    throw AccreteException.badArgument("not a name");
                }
            }
        }));
        all.add(breaks("invalidNameIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkName(String model) {
                try {
                    super.checkName(model);
                } catch (AccreteException e) {
                    // Refuses only after writing.
                    keep(new History(model, List.of(), new TreeMap<>(), List.of()));
                    throw e;
                }
            }
        }));
        all.add(breaks("everyValidNameIsAccepted", contents -> new MemoryStore(contents) {
            @Override
            void checkName(String model) {
                super.checkName(model);
                if (model.length() > 64) {
                    throw AccreteException.badArgument("too long");
                }
            }
        }));
        all.add(breaks("verifyFindsNoDamageInAnIntactStore", contents -> new MemoryStore(contents) {
            @Override
            public List<String> verify(String model) {
                return contents.locked.contains(model) ? List.of("an unknown file 'lock'") : super.verify(model);
            }
        }));
        all.add(breaks("damageIsFound", contents -> new MemoryStore(contents) {
            @Override
            public State load(ModelVersion version) {
                return contents.states.get(version.reference());
            }
        }));
        all.add(breaks("damageIsFound", contents -> new MemoryStore(contents) {
            @Override
            public List<String> verify(String model) {
                return List.of();
            }
        }));
        all.add(breaks("prunedVersionsAreGone", contents -> new MemoryStore(contents) {
            @Override
            long number(History history) {
                return history.versions().size() + 1L; // Uses numbers again.
            }
        }));
        all.add(breaks("prunedVersionsAreGone", contents -> new MemoryStore(contents) {
            @Override
            public State load(ModelVersion version) {
                return contents.states.get(version.reference()); // Still has it.
            }
        }));
        all.add(breaks("prunedVersionsAreGone", contents -> new MemoryStore(contents) {
            @Override
            void checkParent(History history, Optional<String> parent) {
                super.checkParent(
                        new History(history.model(), history.versions(), history.aliases(), history.moves()), parent);
            }
        }));
        all.add(breaks("neededVersionsAreNotPruned", contents -> new MemoryStore(contents) {
            @Override
            List<ModelVersion> prunable(History history, Collection<Long> numbers) {
                // Forgets the versions between the live one and the newest.
                return history.versions().stream()
                        .filter(version -> numbers.contains(version.number()))
                        .filter(version -> !history.aliases().containsValue(version.number()))
                        .toList();
            }
        }));
        all.add(breaks("copiedVersionIsTheSame", contents -> new MemoryStore(contents) {
            @Override
            ModelVersion copied(ModelVersion version) {
                return new ModelVersion(
                        version.model(),
                        version.number(),
                        Instant.EPOCH,
                        version.note(),
                        version.length(),
                        version.sha256());
            }
        }));
        all.add(breaks("unfitCopyIsRefused", contents -> new MemoryStore(contents) {
            @Override
            State readCopy(ModelVersion version, InputStream bytes) {
                return testState(2);
            }
        }));
        all.add(breaks("unfitCopyIsRefused", contents -> new MemoryStore(contents) {
            @Override
            void checkCopy(History history, ModelVersion version) {}
        }));
        all.add(breaks("repairKeepsWhatIsSound", contents -> new MemoryStore(contents) {
            @Override
            void backToSound(String model) {}
        }));
        all.add(breaks("repairKeepsWhatIsSound", contents -> new MemoryStore(contents) {
            @Override
            public List<String> repair(String model) {
                List<String> done = super.repair(model);
                if (!done.isEmpty()) {
                    forget(model);
                }
                return done;
            }
        }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("stores")
    void storeThatBreaksALawIsCaught(Mutant<Function<Contents, ModelStore>> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        stores().forEach(mutant -> broken.add(mutant.law()));
        assertThat(broken).isEqualTo(Mutant.laws(StoreContract.class));
    }
}
