// What a subscriber asks for. Of the languages of the hub, as much as fleets need: names, `*`, and URI templates (RFC 6570) whose
// expressions are all of the form `{name}`. Anything else is refused, so that nobody waits for what never comes.

import { Refusal } from "./refusal.js";

/** @typedef {{ matcher: string, pattern: string }} Selector */

const ANY = "*";
/** Printable ASCII that RFC 6570 (section 2.1) lets stand for itself, and triplets. */
const LITERAL = /^(?:[!#$&'()*+,\-./:;=?@[\]_~A-Za-z0-9]|%[0-9A-Fa-f]{2})*$/;
const NAME = /^(?:\w|%[0-9A-Fa-f]{2})+(?:\.(?:\w|%[0-9A-Fa-f]{2})+)*$/;
/** What `{name}` expands to, whether it is undefined, a string, a list or an associative array. */
const VALUE = /(?:[A-Za-z0-9\-._~,]|%[0-9A-Fa-f]{2})*/y;

/** Some selectors, of which any will do. Equal ones are kept once, and asked once about an event. */
export class Selectors {
  #matches;
  /** @type {object | undefined} */
  #asked;
  #answer = false;

  /** @param {Selector[]} selectors */
  constructor(selectors) {
    this.#matches = selectors.map(compile);
  }

  /** Equal where the same is asked for. @param {Selector[]} selectors */
  static key(selectors) {
    return JSON.stringify(selectors.map(({ matcher, pattern }) => [matcher, pattern]).sort());
  }

  /** Whether any covers one of the topics of this event. @param {{ topics: string[] }} event */
  cover(event) {
    if (this.#asked !== event) {
      this.#asked = event;
      this.#answer = event.topics.some((topic) => this.#matches.some((matches) => matches(topic)));
    }
    return this.#answer;
  }
}

/**
 * @param {Selector} selector
 * @returns {(topic: string) => boolean}
 */
export function compile({ matcher, pattern }) {
  if (matcher !== "exact" && matcher !== "uri-template") throw new Refusal(`there is no matching by ${matcher} here`);
  if (pattern === ANY) return () => true;
  if (matcher === "exact" || !/[{}]/.test(pattern)) return (topic) => topic === pattern;
  const pieces = pattern.split(/\{([^{}]*)\}/);
  const literals = pieces.filter((_, at) => at % 2 === 0);
  const names = pieces.filter((_, at) => at % 2 === 1);
  if (!literals.every((text) => LITERAL.test(text)) || !names.every((name) => NAME.test(name))) {
    throw new Refusal("of URI templates, only those with plain {name} expressions are understood here");
  }
  return (topic) => topic === pattern || expandsTo(literals, topic);
}

/**
 * Whether the literals, with values between them, make up the topic. Each literal is put where it fits first: a value may hold whatever
 * stands between two places where a literal fits, the literal included, so a later place never helps, and nothing is tried twice.
 * @param {string[]} literals
 * @param {string} topic
 */
function expandsTo(literals, topic) {
  const [first = "", ...others] = literals;
  const last = others.pop() ?? "";
  if (!topic.startsWith(first)) return false;
  let at = first.length;
  for (const literal of others) {
    const end = valueEnd(topic, at);
    let place = topic.indexOf(literal, at);
    while (place >= 0 && place <= end && isWithinTriplet(topic, at, place)) place = topic.indexOf(literal, place + 1);
    if (place < 0 || place > end) return false;
    at = place + literal.length;
  }
  const place = topic.length - last.length;
  return place >= at && topic.endsWith(last) && place <= valueEnd(topic, at) && !isWithinTriplet(topic, at, place);
}

/** Where the longest value from `at` on ends. @param {string} topic @param {number} at */
function valueEnd(topic, at) {
  VALUE.lastIndex = at;
  VALUE.test(topic);
  return VALUE.lastIndex;
}

/** Within a value that begins at `at`. @param {string} topic @param {number} at @param {number} place */
function isWithinTriplet(topic, at, place) {
  return (place - 1 >= at && topic[place - 1] === "%") || (place - 2 >= at && topic[place - 2] === "%");
}
