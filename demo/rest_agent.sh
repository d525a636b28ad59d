#!/bin/sh
# A worker of the demo that needs nothing but a shell, curl and python3 for reading JSON: it polls
# its inbox over REST, describes the part of a document it is given, and acknowledges the message
# after its answer is safe. Killed at any moment, it goes on from its inbox when it starts again.
#
# DEMO_INVITE  the invite URL      DEMO_STATE   a folder for its key
# DEMO_AGENT   its agent id        DEMO_PYTHON  python3
set -eu
LC_ALL=C
export LC_ALL

hub=${DEMO_INVITE%/join/*}
state=$DEMO_STATE/$DEMO_AGENT
python=${DEMO_PYTHON:-python3}
umask 077
mkdir -p "$state"

# One member of the JSON object in a file.
member() {
  "$python" -c '
import json, sys
print(json.load(open(sys.argv[1], encoding="utf-8"))[sys.argv[2]])' "$1" "$2"
}

# Calls the hub; the answer goes to a file. The key is given in a file too, so that it shows in no
# list of processes.
call() {
  answer=$1
  path=$2
  shift 2
  curl --silent --show-error --fail-with-body --max-time 30 --output "$answer" \
    --config "$state/curl" "$@" "$hub$path"
}

join_hub() {
  curl --silent --show-error --fail-with-body --max-time 30 --output "$state/joined" \
    --header 'Content-Type: application/json' \
    --data "{\"agent_id\":\"$DEMO_AGENT\",\"capabilities\":[\"describe\"]}" "$DEMO_INVITE"
  printf 'header = "Authorization: Bearer %s"\n' "$(member "$state/joined" api_key)" \
    >"$state/curl.new"
  rm "$state/joined"
  mv "$state/curl.new" "$state/curl"
  echo "joined over REST"
}

# Lays one message out in files: its payload's text, and the rest as lines for the shell.
unpack() {
  "$python" -c '
import json, sys
folder = sys.argv[1]
inbox = json.load(open(folder + "/inbox", encoding="utf-8"))
for message in inbox["messages"][:1]:
    payload = message["payload"]
    open(folder + "/text", "w", encoding="utf-8").write(payload.get("text", ""))
    values = [message["sequence"], message["id"], payload["task"], payload.get("part", 0),
              payload.get("folder", ""), payload.get("title", "")]
    print("\n".join(str(value) for value in values))' "$state" >"$state/message"
}

# The lines of standard input as a JSON array of texts.
json_lines() {
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/ /g' -e 's/^/"/' -e 's/$/"/' | paste -sd, - |
    sed -e 's/^/[/' -e 's/$/]/'
}

headings() {
  awk '/^(```|~~~)/ { code = !code } !code && /^#+ / { sub(/^#+ +/, ""); print }' "$state/text"
}

terms() {
  tr -cs 'A-Za-z' '\n' <"$state/text" | tr '[:upper:]' '[:lower:]' |
    awk 'length($0) > 3' |
    grep -vxE 'that|this|with|from|have|which|what|when|then|they|them|there|their|will|into|than|your|more|only|each|every|also|after|before|where' |
    sort | uniq -c | sort -k1,1nr -k2,2 | awk 'NR <= 5 { print $2 }'
}

relative_links() {
  grep -oE '\]\([^)[:space:]]+\)' "$state/text" | sed -e 's/^](//' -e 's/)$//' |
    grep -vE '^([a-zA-Z][a-zA-Z0-9+.-]*:|#)' | sed 's/#.*//'
}

describe() {
  words=$(awk '{ count += NF } END { print count + 0 }' "$state/text")
  relative_links >"$state/links" || true
  while IFS= read -r link; do
    [ -e "$folder/$link" ] || printf '%s\n' "$link"
  done <"$state/links" >"$state/broken"
  printf '{"to":"coordinator","id":"result-%s","reply_to":"%s","thread":"document","payload":' \
    "$part" "$id"
  printf '{"part":%s,"words":%s,"reading_seconds":%s,"links":%s,"broken":%s,' \
    "$part" "$words" "$((words * 60 / 230))" "$(($(wc -l <"$state/links")))" \
    "$(json_array "$state/broken")"
  headings >"$state/headings"
  terms >"$state/terms" || true
  printf '"headings":%s,"terms":%s}}' \
    "$(json_array "$state/headings")" "$(json_array "$state/terms")"
}

json_array() {
  if [ -s "$1" ]; then json_lines <"$1"; else echo '[]'; fi
}

work() {
  while true; do
    call "$state/inbox" "/messages?limit=1&wait=20"
    unpack
    [ -s "$state/message" ] || continue
    { read -r sequence && read -r id && read -r task && read -r part && read -r folder &&
      read -r title; } <"$state/message" || true
    case $task in
      describe)
        echo "took part $part: $title"
        describe >"$state/result"
        # The id makes a repeated answer harmless: the hub keeps the first.
        call "$state/sent" /send --header 'Content-Type: application/json' \
          --data-binary "@$state/result"
        ;;
    esac
    call "$state/acknowledged" /messages/ack --header 'Content-Type: application/json' \
      --data "{\"sequence\":$sequence}"
    if [ "$task" = 'done' ]; then
      echo "has nothing more to do"
      exit 0
    fi
  done
}

if [ -f "$state/curl" ]; then
  echo "is back, with the key it had"
else
  join_hub
fi
work
