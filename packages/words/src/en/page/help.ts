/** What each warning means, and what to do: for somebody who knows nothing of how it works. */
import { say } from "../say.ts";

export const help = {
  title: "Help",
  link: "What this means, and what to do",
  how: "How this works",
  howOf: (title: string) => say`How this works: ${title}`,
  headings: { howTo: "How it works", trouble: "When something is wrong" },
  topics: {
    firstSteps: {
      title: "First steps",
      happened:
        "Signet knows you by a security key or passkey, and not by a password. Whoever calls you has touched theirs, so you see that it is really them.",
      steps: [
        "Choose a user ID and touch your device. Others reach you by that ID.",
        "Open the settings, and test your microphone under “Sound”.",
        "Add a second device under “Your devices”: with one alone you are locked out when it is lost.",
        "Choose under “When somebody calls” whether this browser tells you of calls when the page is closed.",
        "Type somebody's user ID, and call. When you talk with somebody for the first time, compare the safety code in the call details: read it to each other.",
      ],
    },
    people: {
      title: "Your people, groups and history",
      happened:
        "Your list is yours alone: nobody is asked whether they want to be on it, nor told. It is the same at all terminals where you sign in.",
      steps: [
        "Choose “Add person” and enter their user ID, or add them after a call with them.",
        "The three dots beside a name open the card of that person: a note, groups, “Compare in person”, and blocking them.",
        "A group is called as a whole, with one touch. Tick several people to call just these.",
        "Others need not type your user ID: give them “Your link” of the settings, or its QR code.",
      ],
    },
    inCall: {
      title: "In a call: adding, host, another terminal",
      happened:
        "Everybody in a call but guests can add people, and everybody sees who did it. Whoever started it can end it for all, and is the host until they make somebody else it: the host alone can remove people.",
      steps: [
        "Choose “Add people”, and type or tick whom you want. They ring; one touch of your device signs that it was you.",
        "As the host, open the three dots at somebody: “Make host” or “Remove from call”.",
        "To go on at another terminal, sign in there and choose “Move it here”.",
        "Compare the safety code in “Call details” with people whom you do not know well: read it to each other.",
      ],
    },
    resolutions: {
      title: "Resolutions, and the record of a call",
      happened:
        "In a call people can approve or reject a text or a file with their devices. What they signed, and who was in the call, can be kept in a file that proves it years later to somebody who was not there, without this server.",
      steps: [
        "To propose something, choose the button with a sheet and a tick, next to the one for the sound. Whoever is not in the call yet is not asked: wait for all whose approval it takes.",
        "Read what is proposed to its end; then choose “Approve” or “Reject”, and touch your device. Of a file compare your own copy.",
        "To show later who was there, choose “Keep a record” in “Call details” early: nobody signs for the time before. Everybody is told.",
        "After the call, before the next one and before you close the page, choose “Save the resolutions” and “Save the record”.",
        "“Verify a file”, at the end of the page, says what such a file proves. Nobody has to be signed in for that.",
      ],
    },
    guests: {
      title: "Guests, who are not verified",
      happened:
        "A guest has no device by which anybody could recognise them. The name that you see they gave themselves, and nobody checked it: what is known is who in the call vouched for them. A guest hears all that is said, and so may whoever runs the server, from which the guest's page comes.",
      steps: [
        "To invite somebody without a device: in a call choose “Add people”, then “Invite a guest”. Send them the link, and tell them the code in another way.",
        "You do not know the voice? Ask whoever invited the guest who that is, before you say what not everybody may hear.",
        "It is not who they say? The host puts them out.",
        "You are the guest, and do not get in? A link works once, and not for long. Ask whoever invited you for a new one.",
        "Somebody comes as a guest again and again? With a device and a user ID of their own they are recognised.",
      ],
    },
    comparing: {
      title: "Comparing in person",
      happened:
        "The server tells your terminal which devices somebody has. If it told you false ones from the beginning, nothing here would show that. When you meet, the two of you can find out, once and for good: both screens show the same code only if the server shows each of you the same of both.",
      steps: [
        "Open the card of that person among your people, and choose “Compare in person”. They do the same with your card at their terminal.",
        "Read the code to each other, or scan it. Only if it is the same, choose “It is the same”.",
        "From then on Signet accepts nothing in their name that does not go on from there, and says when that was.",
        "Is it another code? Do not mark it, and tell the person who runs the server in another way than through it.",
      ],
    },
    messages: {
      title: "Voice messages",
      happened:
        "After a call that somebody did not answer you can leave up to two minutes of sound. It is sealed to the devices of that person before it leaves your terminal: the server keeps it and cannot hear it.",
      steps: [
        "When such a call is over, choose “Record” under “Leave a voice message”. You can listen to it before you choose “Send it”.",
        "What others left for you stands at the top of the page while it is new, and later with its call in the history.",
        "It cannot be played here? It was sealed to terminals where you had signed in before: sign in at one of these.",
        "It goes when you delete it, and otherwise after the days for which the server keeps missed calls. Nobody is told whether you heard it.",
      ],
    },
    blocking: {
      title: "Blocking somebody",
      happened:
        "Calls of somebody whom you block ring at none of your terminals, are not kept as missed, and voice messages of theirs do not reach you. They are not told: to them it is as if you were away. The server does that, so it learns whom you block.",
      steps: [
        "Block somebody in their card, among the people of a call in your history, or with “Decline and block” when they call.",
        "To take it back, open the settings under “Privacy”: “Whom you block”.",
        "Under another user ID they are somebody else, and somebody else can still bring you into a call with them.",
      ],
    },
    presence: {
      title: "Who sees whether you are there",
      happened:
        "Beside a name stands whether somebody can be reached, is in a call, or does not want to be disturbed: for those to whom that person shows it. “away, or not shown” may be either.",
      steps: [
        "Choose in the settings under “Privacy”: “Everybody on this server”, “Your people” or “Nobody”.",
        "It keeps nobody from calling you, and who calls you sees whether it rings.",
        "The server knows it in any case.",
      ],
    },
    quiet: {
      title: "Calls without a sound: do not disturb, quiet hours",
      happened:
        "Calls are shown then, and do not sound, at all of your terminals. Whoever calls sees that it rings.",
      steps: [
        "Choose it in the settings under “When somebody calls”: now, or at the same hours each day.",
        "Name there whose calls sound all the same: your favourites, or single people.",
      ],
    },
    picture: {
      title: "Your picture",
      happened:
        "A small picture beside your name, for those to whom your device is known. It proves nothing: everybody chooses their own. Who somebody is, the badge “Verified” says.",
      steps: [
        "Choose one in the settings under “You”, and touch your device: its signature says that it was you.",
        "You see no picture of somebody? They chose none, you have not had to do with them yet, or they have a new device that you have not confirmed.",
      ],
    },
    recoveryPhrase: {
      title: "The recovery phrase",
      happened:
        "People, notes, history and settings are sealed to your devices. If all of these are lost, the phrase alone opens them.",
      steps: [
        "Make one in the settings under “At all your terminals”: “Make a recovery phrase”.",
        "Write it down on paper, and keep that away from your devices. It is shown once.",
        "Lost everything? Let an administrator give you back your user ID, sign in, and choose “Enter the recovery phrase”.",
      ],
    },
    otherHands: {
      title: "A browser that others use, too",
      happened:
        "Signing out keeps what this browser has of your people and history, so that you find it again. For whoever uses it after you, forget it.",
      steps: [
        "Choose in the settings under “Privacy”: “Forget everything in this browser”.",
        "Passkeys of your system stay. Delete them in the settings of the system.",
      ],
    },
    connection: {
      title: "No connection to the server",
      happened:
        "This terminal and the server do not reach each other now. As long as that lasts nobody can reach you here, and you can call nobody.",
      steps: [
        "Look whether other pages open. If not, it is your network.",
        "Wait: it is tried again by itself, and a call that goes on comes back by itself where that is possible.",
        "Is it said that the server's certificate is not the right one? Do not go on: ask the person who runs the server, in another way.",
      ],
    },
    clock: {
      title: "The clock is off",
      happened:
        "Each signature says when it was made, and one from another time is refused: otherwise an old one could be used again. So the clocks of both sides have to agree, to two minutes.",
      steps: [
        "Let your system set its clock by itself, in its settings of date and time, and look at the time zone, too.",
        "Is it the other person's clock? Tell them, and let them call again.",
      ],
    },
    sound: {
      title: "No sound arrives, or it breaks off",
      happened:
        "The call stands, but its sound does not come through, or the way to it was lost. Often a network lets pages through and calls not.",
      steps: [
        "Wait some seconds: another way is tried by itself.",
        "Try another network, for example the one of your telephone.",
        "If it never works from there, tell the person who runs the server from which network: they can offer a relay.",
      ],
    },
    microphone: {
      title: "The microphone or the loudspeaker cannot be used",
      happened:
        "The browser does not get at it: you have not allowed it, another program has it, or there is none.",
      steps: [
        "Allow the microphone for this page, at the address in the browser.",
        "Close other programs that use it, as another call.",
        "Choose another one in the settings under “Sound”, and test it there.",
      ],
    },
    calls: {
      title: "A call did not come about, or you are out of one",
      happened:
        "Somebody is in another call, or cannot be reached; the call is over or full; or somebody put you out of it. The message says which.",
      steps: [
        "Look at the user ID: one letter makes it another person.",
        "Try later. Who has Signet closed is told of your call where they allowed that; and, where the server keeps missed calls, when they sign in again.",
        "Did somebody put you out? Only a new invitation brings you back.",
      ],
    },
    changedKey: {
      title: "Somebody has another key than the one you know",
      happened:
        "This browser remembers each person's devices. Now a call in their name comes from another one, and none that you know has signed for it, or from one that they have revoked. It may be harmless, as after a loss. It may be somebody who pretends to be them.",
      steps: [
        "Ask the person in another way, best face to face, whether they have a new device.",
        "If they have, say so in the warning. Then they can reach you again.",
        "If they do not, or you cannot ask: leave it as it is. The call was refused, and nothing has happened to you.",
        "Is it about yourself, and you have no new device? Tell the person who runs the server.",
      ],
    },
    failedCheck: {
      title: "A check failed, and was not let pass",
      happened:
        "Your terminal checks by itself who is in a call and who signed what, and does not take the server's word. Something did not hold, so it was refused, or the call was left. Mistakes of programs do that; somebody who tries to get in unseen does that, too.",
      steps: [
        "Begin again with the people you know. Mostly it does not happen again.",
        "Does it happen again? Do not talk about what nobody else may hear, and tell the person who runs the server, in another way than through it.",
      ],
    },
    voices: {
      title: "A voice is not proven",
      happened:
        "Everybody in a call has the keys to speak in anybody's name. So each terminal signs what it says, once a second, and yours holds what it hears against that. Where the signature says otherwise, somebody in the call speaks in that person's name; who it is nobody can tell by the keys. Where no signature comes for two seconds, nothing proves whose voice it is: mostly too much gets lost on their way. Nothing of either is played. Where your own connection to the server is too slow, or away, and no signature comes, nobody can tell: then it is played, and marked as not proven now.",
      steps: [
        "Does it say that somebody speaks in another person's name? Ask that person by another way what they said in the last seconds, and begin anew with those whom you trust.",
        "Is it only not proven? Wait: it is played again as soon as the signatures come.",
        "Is it so all the time? That person, or whoever runs the server, has a version that does not sign. Have it renewed.",
      ],
    },
    encryption: {
      title: "The sound was stopped",
      happened:
        "Signet sends nothing that is not encrypted end to end. Here that could not be made sure, so the sound was stopped before anybody could hear it unencrypted.",
      steps: ["Leave the call and join again.", "Use a current Chromium or Firefox, if it happens again."],
    },
    certificate: {
      title: "Something is wrong with a certificate",
      happened:
        "Some people's devices are smart cards for which an authority says whose they are. That word is missing here, is over, was taken back, or is none that is accepted here.",
      steps: [
        "Is it your own card? Ask who issued it, or take another device.",
        "Is it somebody else's? Ask them in another way before you tell them anything.",
      ],
    },
    administrators: {
      title: "Something an administrator did, or wants to do",
      happened:
        "Administrators can bring in a new device for somebody who lost all of theirs. That is useful, and could be misused: so you decide whom you believe it of, and see each time that it was done.",
      steps: [
        "Ask the person who runs the server, in another way than through it, who administers it.",
        "Has somebody's device been brought in by an administrator? Ask that person whether they wanted it.",
        "Does your own recovery not go on? Codes count for some minutes: begin anew, and read the new one to them.",
      ],
    },
    signIn: {
      title: "Registering or signing in did not work",
      happened:
        "The server did not take you in: the user ID is taken, the invite code does not count, or the device is another one than the one that this ID was made with. Or your sign-in is over, since you signed in elsewhere.",
      steps: [
        "Look at the user ID, and take the device that you registered it with.",
        "Do you need an invite code? Ask whoever told you of this server.",
        "Have you lost all your devices? Choose “Ask an administrator” on the page where one signs in.",
      ],
    },
    device: {
      title: "The device did not sign",
      happened:
        "Without a touch, or its PIN, your device signs nothing. It was not touched in time, is another one, is not plugged in, or the browser cannot use it.",
      steps: [
        "Plug it in, try again, and touch it when it blinks.",
        "After several wrong PINs devices lock themselves: do not guess. Who issued it can often unlock it.",
        "Does the browser not offer it at all? Use a current Chromium or Firefox, and the address that begins with https.",
      ],
    },
    copiedDevice: {
      title: "A device may have been copied",
      happened:
        "Your device counts its signatures. Its number went back, which an undamaged device does not do: there may be a copy of it.",
      steps: [
        "Is it a passkey that your system keeps? Some of these do not count well. Then watch whether it happens again.",
        "Is it a security key? Add another one, and revoke this one in the settings under “Your devices”.",
      ],
    },
    addingDevices: {
      title: "Adding, naming or revoking a device did not work",
      happened:
        "A code counts once and for some minutes; somebody at the other terminal has to say yes; and changes of your devices are signed by one of them that counts.",
      steps: [
        "Begin again with a new code, and type it as it is shown.",
        "Take a device that you have not added yet, or sign in with one that was not revoked.",
        "Did somebody enter your code who is not you? Say no: nothing was added.",
      ],
    },
    everywhere: {
      title: "People, notes, history and settings stay in this browser",
      happened:
        "They travel between your terminals sealed, and only your devices open them. Here they could not be opened, or what the server gave is not what it should be. What this browser has stays as it is, and nothing was lost by it.",
      steps: [
        "Open the settings, “At all your terminals”. It says what it is, and offers the ways out.",
        "Does it say that the server gave an older or another one? Ask the person who runs it whether they put back a backup. Only when you know why, put what is here in its place.",
        "Make a recovery phrase, so that you are not locked out of it when devices are lost.",
      ],
    },
    notifications: {
      title: "With the page closed it does not ring",
      happened:
        "For that the browser asks a service of its maker, and the server has to call that service. One of the two does not work here, or you refused notifications.",
      steps: [
        "Allow notifications of this page, at the address in the browser.",
        "Otherwise keep the page open where you want to be reached.",
      ],
    },
    server: {
      title: "The server or this page has a problem",
      happened:
        "They did not understand each other, something failed, or too much was asked at once. Mostly one of the two is older than the other.",
      steps: [
        "Load the page anew, and try again in a minute.",
        "If it stays, tell the person who runs the server what the message says.",
      ],
    },
  },
};
