/** Errors in a call: its people, its group, its audio. */
import type { SomeErrors } from "../catalogue.ts";

export const callErrors = {
  "call.notFound": ["this call is over", "start a new one"],
  "call.exists": ["this call ID is in use", "start the call again"],
  "call.noMembers": ["nobody is named to be called", "enter at least one other user ID"],
  "call.tooManyMembers": [
    "these are more people than a call on this server can have",
    "name fewer, or ask the person who runs the server",
  ],
  "call.tooLarge": [
    "the key histories of these people are more than one call has room for",
    "call without those who have very many devices or certificates",
  ],
  "call.duplicateMember": ["a user ID is listed twice", "name each person once"],
  "call.self": ["you cannot call yourself", "enter the user ID of somebody else"],
  "call.inCall": ["you are in a call already", "leave it first"],
  "call.atAnotherTerminal": [
    "you are in this call at another terminal",
    "go on there, or leave it there first",
  ],
  "call.notElsewhere": [
    "you are in no call at another terminal that could be moved here, or not any more",
    "join the call, where it goes on, or start a new one",
  ],
  "call.moveUnderWay": [
    "this call is just being moved to another one of your terminals",
    "wait a minute, then try again",
  ],
  "call.moveSilent": [
    "no sound could be connected here, so the call was not moved and goes on where it was",
    "check the network here, for example with signet doctor, then move it again",
  ],
  "call.answeredYours": ["the person you answer is joining your own call", "stay in it; they are on the way"],
  "call.callerElsewhere": [
    "the person who calls you is just joining another call",
    "call them when they are free again",
  ],
  "call.tooManyRings": ["too many calls are ringing for you at once", "wait until one is answered"],
  "call.tooManyInvitations": ["you brought in too many people just now", "wait a minute, then go on"],
  "call.notInvited": ["this user ID is not invited to the call", "ask somebody who is in it to invite you"],
  "call.notMember": ["this terminal is not in the call", "join it again, or start a new one"],
  "call.away": [
    "the connection was away too long, so the call went on without this terminal",
    "join it again",
  ],
  "call.waitedTooLong": [
    "your device signed more than two minutes before the server could be reached, so the server did not take it any more",
    "do it again: your device signs anew",
  ],
  "call.notRinging": ["the call is not ringing any more", "call back"],
  "call.notInitiator": [
    "only the person who started the call can end it for all",
    "leave it, and it goes on without you",
  ],
  "call.noAnswer": ["nobody answered", "call again later"],
  "call.notVerified": [
    "the caller could not be verified, so the call did not ring",
    "ask them in another way whether they called",
  ],
  "call.broughtBack": [
    "somebody who had gone from the call was brought back without a new signature",
    "Signet left the call to protect you",
  ],
  "call.rejectedMember": [
    "somebody entered the call without a valid signature",
    "Signet left the call to protect you",
  ],
  "call.turnedAway": [
    "you were not let into the call: those who looked at your answer did not accept it, as the server says",
    "ask them why, in another way; their terminals may know you by another key, or a clock may be wrong",
  ],
  "call.tooManyJoins": [
    "this user ID asked to join too often, or was refused too often",
    "wait ten minutes, or start a new call",
  ],
  "call.joinUsed": ["this answer to the call was used before", "join again"],
  "call.putOut": [
    "the server put you out of the call: it says that the others could not accept how this terminal changed the group, or told of it",
    "start a new call",
  ],
  "call.notAsked": [
    "a call that goes on without you is not offered here, since this server cannot ask whether anybody is in it",
    "ask somebody who is in it to invite you, and the person who runs the server to update it",
  ],
  "call.tooManyQuestions": [
    "this terminal asked, or answered, too often who is in a call",
    "wait a moment; it asks again by itself",
  ],
  "call.tooManyWords": [
    "this terminal said too often whether it can be heard",
    "Signet says it again after a while",
  ],
  "call.noGroupInfo": [
    "this terminal needs to come into the group anew, and nobody in the call gave it a state of the group that holds",
    "join again, or start a new call",
  ],
  "missed.revokedDevice": [
    "while you could not be reached you were called in this person's name, with a key that they have revoked since: it may have been them, or whoever has that key now",
    "ask them in another way whether it was them",
  ],
  "delivery.staleEpoch": [
    "the group has moved on since this change was made",
    "leave the call and join again",
  ],
  "delivery.epochTaken": ["another member changed the group first", "leave the call and join again"],
  "delivery.futureEpoch": [
    "this change is for a state of the group that does not exist yet",
    "leave the call and join again",
  ],
  "delivery.notAdmitted": [
    "a Welcome names somebody who is not waiting to join",
    "leave the call and join again",
  ],
  "delivery.notCommitter": ["this terminal may not change the group", "leave the call and join again"],
  "delivery.tooMuch": [
    "the group was changed too often, or the call holds as much as the server stores",
    "wait a minute, or start a new call",
  ],
  "directory.otherKey": [
    "the key that the server shows for this person is not the one that you decided about",
    "look at the warning again, and ask them in another way which key is theirs",
  ],
  "directory.otherThanCompared": [
    "the server shows another history of this person than the one that you compared in person, or less of it",
    "do not trust it; ask the person and whoever runs the server, and take the comparison back only if they began anew",
  ],
  "directory.comparedRecovered": [
    "an administrator brought in a device for this person after you compared in person: the comparison is undone",
    "meet the person and compare again before you rely on it",
  ],
  "directory.keyChanged": [
    "this person's signature device is not the one you met before",
    "ask them in another way before you trust it",
  ],
  "directory.badEntry": [
    "the server gave a directory entry that does not verify",
    "do not trust this server until it is explained",
  ],
  "directory.unproven": [
    "the server shows a history of this person's devices that its own log does not prove",
    "do not trust this server until it is explained",
  ],
  "directory.ownUnproven": [
    "the server's log says something else of your own devices than they signed: others may be shown devices that are not yours, or not that one was revoked",
    "tell the people you call, and whoever runs the server, in another way; revoke whatever you do not know among your devices",
  ],
  "log.missing": [
    "the server kept a signed log of everybody's devices before, and names none now",
    "nobody is recognised here until it is back: ask whoever runs the server, in another way, what happened",
  ],
  "log.otherKey": [
    "the server signs its log of everybody's devices with another key than before",
    "nobody is recognised here: ask whoever runs the server, in another way, whether they began anew",
  ],
  "log.badCheckpoint": [
    "what the server shows of its log of everybody's devices is not signed as it has to be",
    "do not trust this server until it is explained",
  ],
  "log.rolledBack": [
    "the server's log of everybody's devices is shorter than it was: what was in it is hidden",
    "nobody is recognised here: ask whoever runs the server, in another way, whether an old backup took its place",
  ],
  "log.inconsistent": [
    "the server shows another log of everybody's devices than it showed before: one of the two is a lie",
    "do not trust this server, and show its administrator what was kept of it",
  ],
  "log.otherView": [
    "the server showed them another directory than you",
    "do not trust this server: one of the two is a lie, and what its log signed for both was kept",
  ],
  "log.unsignedView": [
    "what they signed of the server's directory is not by the log that you are shown: the server showed them another one, or they made it up",
    "ask them in another way than through this server what it shows them",
  ],
  "log.noSuchSize": [
    "the server's log of everybody's devices has not so many entries",
    "do not trust this server until it is explained",
  ],
  "log.unwitnessed": [
    "too few of the witnesses that you require saw the server's log of everybody's devices within the last hour",
    "try again in a moment; if it stays so, ask whoever runs the server whether it names these witnesses and reaches them",
  ],
  "directory.badPins": [
    "what this terminal remembers of people's devices cannot be read",
    "nobody is recognised until it is restored, or cleared together with this site's data",
  ],
  "directory.newerPins": [
    "what this terminal remembers of people's devices was written by a newer version of Signet, and was left as it is",
    "reload the page, or update this program",
  ],
  "media.badOffer": ["the sound connection could not be set up", "reload the page or use another browser"],
  "media.tooManySlots": [
    "the terminal asks for more slots for sound than the server has",
    "reload the page or update the terminal",
  ],
  "media.tooManyProbes": [
    "the sound connection was tested too often just now, or by too many people at once",
    "wait a minute and try again",
  ],
  "media.tooManyOffers": [
    "the sound connection was made anew too often within a minute",
    "wait a minute; it is tried again by itself",
  ],
  "media.unavailable": [
    "the server's part for sound does not answer",
    "it restarts by itself; wait a moment",
  ],
  "media.relayRefused": [
    "sound does not get through to the server by UDP, and its relay refuses this terminal",
    "Signet tries again by itself, with new credentials; if it stays so, tell the person who runs the server",
  ],
  "media.relayUnreachable": [
    "sound gets through to the server neither by UDP nor by its relay",
    "try another network; Signet tries again by itself",
  ],
  "media.relayTlsFailed": [
    "sound does not get through to the server by UDP, and there is no connection by TLS to its relay",
    "try another network; if there was a warning about the server's certificate, that is why: ask the person who runs the server for one that holds",
  ],
  "media.relayUntrusted": [
    "sound does not get through to the server by UDP, and its relay shows a certificate that does not hold on this machine",
    "ask the person who runs the server for a certificate that holds; one of your own authority is taken when NODE_EXTRA_CA_CERTS names its file",
  ],
  "media.noMicrophone": ["no microphone was found", "plug one in, or listen only"],
  "media.microphoneDenied": [
    "the browser may not use the microphone",
    "allow it beside the address bar, then try again",
  ],
  "media.microphoneBusy": [
    "the microphone cannot be opened, perhaps since another program uses it",
    "close that program or choose another microphone, then try again",
  ],
  "media.noSpeaker": [
    "no loudspeaker was found",
    "install alsa-utils or sox and plug one in, or write to a file",
  ],
  "media.speakerBusy": [
    "the loudspeaker cannot be opened, since another program uses it",
    "close that program, or choose another loudspeaker",
  ],
  "media.noFile": ["the audio file cannot be opened", "check its name and that you may read it"],
  "media.badFile": ["this is not audio that Signet can read", "use WAV or Ogg Opus"],
  "media.otherFormat": [
    "this is audio of a kind that Signet does not read",
    "convert it to WAV or Ogg Opus, for example with ffmpeg",
  ],
  "media.pipeLoops": [
    "what comes through a pipe can be played only once",
    "keep it in a file to play it again and again",
  ],
  "media.badFileName": ["Signet writes audio as WAV or Ogg Opus", "end the name in .wav, .opus or .ogg"],
  "media.cannotWrite": ["the audio file cannot be written", "check the folder and the space that is left"],
  "media.connectionFailed": [
    "sound does not get through to the server",
    "try another network, or one that lets UDP to the server through; Signet tries again by itself",
  ],
  "media.nothingComes": [
    "no sound comes from the server to this terminal any more",
    "wait a moment: Signet connects the sound anew; if that goes on, try another network",
  ],
  "media.unheard": [
    "the others do not hear you: what you say does not reach the server any more",
    "wait a moment: Signet connects the sound anew; if that goes on, try another network",
  ],
  "media.networkChanged": [
    "the network of this machine changed, and there is no sound before it is connected anew",
    "wait a moment; check the network if it takes longer",
  ],
  "media.serverUnreached": [
    "there is no sound, and the server does not answer",
    "check the network; Signet connects anew as soon as it answers",
  ],
  "frames.plaintextDetected": [
    "sound left this terminal unencrypted, so Signet stopped sending",
    "use another browser",
  ],
  "frames.unsupported": ["this browser cannot encrypt sound end to end", "use a current Chromium or Firefox"],
  "frames.workerFailed": [
    "the encryption of the sound stopped, and with it the sending",
    "leave the call and join again",
  ],
  "mls.unreadable": [
    "the keys of a change of the group could not be read here, and nobody could let this terminal in anew",
    "join the call again; if that is so with every change, call again without the person who made them",
  ],
  "mls.badMessage": ["a group message cannot be read and was refused", "leave the call and call again"],
  "mls.credential": [
    "a member's key is not endorsed by that person's signature device and was refused",
    "do not go on before it is explained: ask the others in another way",
  ],
  "mls.failed": ["a change of the group could not be made", "leave the call and join again"],
  "mls.futureEpoch": [
    "a group change was made for a state that this terminal has not reached",
    "it joins again by itself",
  ],
  "mls.otherGroup": ["a group message of another call was refused", "leave the call and call again"],
  "mls.staleEpoch": [
    "a group change was made for a state that has passed and was refused",
    "leave the call and call again",
  ],
  "mls.refused": ["a group change breaks the rules and was refused", "leave the call and call again"],
  "mls.unasked": [
    "a member wanted to let somebody into the group, or to remove or keep somebody, whom nobody asked for; it was refused",
    "leave the call and call again",
  ],
  "mls.otherList": [
    "the group holds another list of who may be in the call than this terminal does; it was refused",
    "leave the call, and ask the others in another way who invited or removed whom",
  ],
  "mls.lifetime": ["a key of the group is outside its time and was refused", "set the clock, and call again"],
  "mls.spentKey": [
    "a key that was in the call before and went with its person came back; the change was refused",
    "leave the call and call again",
  ],
  "mls.duplicateUser": [
    "a person would be in the group twice; the change was refused",
    "leave the call and call again",
  ],
  "mls.closed": ["the group is closed", "leave the call and call again"],
} as const satisfies SomeErrors;
